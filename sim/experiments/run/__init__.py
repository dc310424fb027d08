"""One scenario, many runs."""
