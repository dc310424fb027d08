"""Mechanisms of the flow of work, a file each."""
