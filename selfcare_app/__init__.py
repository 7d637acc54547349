"""The self-care cabinet of a mobile operator's subscribers."""
