"""Which assumption drives an outcome, or a verdict."""
