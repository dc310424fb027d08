"""People over time: the order of a week, and its decisions carried out in the tables."""
