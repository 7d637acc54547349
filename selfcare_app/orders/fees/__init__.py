"""Fees: what a line owes for a month or a day, the run over all lines, the difference that an order makes."""
