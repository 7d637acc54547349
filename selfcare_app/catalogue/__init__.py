"""Tariff plans and services: versioned data, never edited in place."""
