"""Payments that are not what was asked for: kept apart, compared by the desk, credited by two employees or closed."""
