"""A difference, split by mechanism or by what differs."""
