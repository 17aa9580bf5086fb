"""Sketches and photos that go with an order."""
