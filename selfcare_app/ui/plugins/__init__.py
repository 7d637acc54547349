"""What the build of the front end is extended by."""
