"""Vouchers: cards with a code under a protective layer."""
