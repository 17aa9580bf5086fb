"""The fixed prices of what the workshop always has."""
