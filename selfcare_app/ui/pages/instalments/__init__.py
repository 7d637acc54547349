"""Screens of equipment bought in instalments."""
