"""Screens of questions about charges: the form, and the list with the answers."""
