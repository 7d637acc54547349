"""Writers of files that a person downloads; they know tables of values and nothing of what the values mean."""
