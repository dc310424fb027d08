"""A results folder as one HTML file that people forward: read, drawn and written without running anything."""
