"""A stand-in for Stripe: a program of its own, with its own ledger, spoken to by the real library over HTTP.

It is for practice and for tests. It knows how Stripe answers, not what the shop does: nothing of the shop is imported
here but the way amounts and Danish sentences are written. It is not Stripe, and passing against it is no proof that
Stripe answers alike; what it does is written down from Stripe's own documentation and library.
"""
