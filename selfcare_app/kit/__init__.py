"""The few words used everywhere."""
