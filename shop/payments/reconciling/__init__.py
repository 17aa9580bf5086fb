"""Comparing Stripe's books with ours: what does not fit is found here before a customer or the accountant finds it."""
