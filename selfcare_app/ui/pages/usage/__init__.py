"""Screens of what was used: call detail."""
