"""Running a scenario many times."""
