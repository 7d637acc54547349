"""Screens of orders: one order and what becomes of it, all orders."""
