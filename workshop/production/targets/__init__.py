"""What there should always be on the shelf, and what is short."""
