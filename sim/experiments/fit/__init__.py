"""Which plausible worlds look like the organisation that was measured: history matching."""
