"""Does what is due: outbox, orders, clean-up."""
