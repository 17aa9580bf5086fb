"""Visits: planned onto days, driven as a round, done, and shown to the customer."""
