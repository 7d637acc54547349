"""Checking a change of plan, services or Пауза before it is confirmed."""
