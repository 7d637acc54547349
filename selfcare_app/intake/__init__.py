"""Reads an operator's export: layout, mapping, parsing, rejects."""
