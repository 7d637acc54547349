"""The screen of bonus units."""
