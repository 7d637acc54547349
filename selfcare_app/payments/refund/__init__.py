"""Returns of payments that went to a wrong number."""
