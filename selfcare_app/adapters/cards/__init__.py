"""Acquirers of bank cards and purses: who takes the money, and how what they say is checked."""
