"""The shop: stands on the workshop, knows no person in it."""
