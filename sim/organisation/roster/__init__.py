"""Charts of real organisations: HR exports read, matched, checked and built into a tree."""
