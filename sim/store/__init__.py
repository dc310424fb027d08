"""Files, tables and results folders."""
