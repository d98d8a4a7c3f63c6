"""What people make of the figures."""
