"""What the subscriber sees: the only room that knows Reflex."""
