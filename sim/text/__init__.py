"""Text, tables and plain data: what people and programs read, knowing nothing of the model."""
