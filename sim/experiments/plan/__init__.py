"""A measure that somebody plans, as dated events on people over time, against going on as it is; `orgsim plan`."""
