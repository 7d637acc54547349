"""Bill periods, documents and delivery move in here."""
