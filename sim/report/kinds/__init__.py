"""What the report of each kind of results folder says: one file a kind, named as the manifest names it."""
