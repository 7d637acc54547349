"""Pages of the lines of one sign-in: going from one to another, and who may work on one's own."""
