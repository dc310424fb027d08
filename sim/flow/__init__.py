"""The flow of work: the life of a change, and the order of everything that happens to it."""
