"""The generated reference and the ODD description, written from the code."""
