"""Screens of what a month cost: by kind, line by line, and why."""
