"""The screen of Пауза."""
