"""Somebody begins in the workshop, is looked after, and leaves again."""
