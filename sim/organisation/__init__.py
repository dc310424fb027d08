"""Who works for whom: headcounts, trees, pay, and charts of real organisations."""
