"""What goes out to a handset (outbox) and what comes in from one (inbox)."""
