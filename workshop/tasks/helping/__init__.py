"""A call for help from the tablet to whoever is on the floor."""
