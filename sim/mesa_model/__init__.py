"""The model as Mesa sees it: agents, steps, and what a researcher may do between two weeks."""
