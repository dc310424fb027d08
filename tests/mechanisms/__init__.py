"""What every mechanism is held to: small worlds to run it in, and the contract its tests inherit."""
