"""Screens of topping up: what, for whom and how, and what became of a payment."""
