"""What is assumed: every parameter, its sources, and the sections of the model."""
