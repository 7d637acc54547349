"""Screens of number change: choosing, checking, the code."""
