"""A room whose work lands one order and nothing else."""
