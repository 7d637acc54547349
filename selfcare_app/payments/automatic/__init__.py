"""Automatic top-up: a saved card is charged when the account falls below what its owner has chosen."""
