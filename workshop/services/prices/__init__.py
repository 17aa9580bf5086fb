"""The price models: one pure reckoning, and the pages where staff change its numbers."""
