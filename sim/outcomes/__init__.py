"""Outcomes: what is measured, declared once."""
