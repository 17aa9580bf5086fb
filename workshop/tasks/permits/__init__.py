"""Tool permits: whose they are."""
