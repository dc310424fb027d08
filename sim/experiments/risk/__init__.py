"""Who bears a policy: layoff risk by group."""
