"""Statistics of simulation runs."""
