"""Writes a plausible operator's export and plays the handset of a demo number."""
