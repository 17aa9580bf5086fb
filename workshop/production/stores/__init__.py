"""What there is to make things of: how much, what of it is promised, and why it came and went."""
