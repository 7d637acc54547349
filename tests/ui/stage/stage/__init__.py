"""A small application that shows every part of the frame, so that it can be tried without the rest of the program."""
