"""Files, rows set aside, and connections."""
