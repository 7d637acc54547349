"""Clients, accounts, lines, numbers a line had, SIM secrets."""
