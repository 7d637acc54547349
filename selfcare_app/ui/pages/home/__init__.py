"""Home, and what the operator knows of the subscriber."""
