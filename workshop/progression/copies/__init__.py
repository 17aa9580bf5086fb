"""A copy of everything about one person, for that person. It names nobody else."""
