"""Screens of services and packages of mobile internet."""
