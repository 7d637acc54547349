"""Screens of tariff plans."""
