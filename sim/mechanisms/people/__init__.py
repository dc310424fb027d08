"""Mechanisms of people over time, a file each: they decide on a snapshot and edit nothing."""
