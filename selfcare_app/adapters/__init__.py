"""One module per outside thing, the real one beside the simulated one."""
