"""The event gate: what may reach a handler, from whose socket, with which arguments, in which session."""
