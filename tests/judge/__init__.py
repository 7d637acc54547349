"""What is asked of every page, whatever is on it; each question gives the faults it finds, none for a good page."""
