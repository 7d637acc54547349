"""One module a screen: the page and its State together."""
