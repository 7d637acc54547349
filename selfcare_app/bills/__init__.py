"""Bills: what a month came to, closed once for each account; documents and delivery move in here."""
