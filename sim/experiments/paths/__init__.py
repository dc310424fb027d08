"""Alternative futures of the same people."""
