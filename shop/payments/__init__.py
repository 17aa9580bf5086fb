"""Payments: the one door to Stripe, its events, and what they mean for an order's money."""
