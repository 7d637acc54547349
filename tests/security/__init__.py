"""Attacks on the served program, each by its id."""
