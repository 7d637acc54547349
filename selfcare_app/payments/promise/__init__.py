"""Promised payments: registered by the subscriber before the money is there."""
