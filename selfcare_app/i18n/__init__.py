"""Catalogues in four languages; numbers, money, dates and plurals in each."""
