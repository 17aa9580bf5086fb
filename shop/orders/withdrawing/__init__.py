"""Regretting a purchase, and getting money back for it."""
