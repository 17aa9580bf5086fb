"""Finished orders and visits that no record tells of."""
