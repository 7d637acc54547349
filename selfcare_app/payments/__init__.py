"""Payments received; the ways to pay move in here."""
