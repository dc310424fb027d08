"""Scenario files: read, checked, and turned into settings."""
