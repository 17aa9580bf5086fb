"""Suggestions for one person: the open work of a week with reasons in words. People decide."""
