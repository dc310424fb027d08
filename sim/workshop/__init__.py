"""Designing an organisation in the browser: `orgsim workshop` serves pages on this machine, from the same engine."""
