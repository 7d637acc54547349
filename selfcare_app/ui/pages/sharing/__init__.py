"""Screens of giving money to another subscriber."""
