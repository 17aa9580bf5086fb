"""Kinds of work, production orders, steps. Zone W: the work, never who did it."""
