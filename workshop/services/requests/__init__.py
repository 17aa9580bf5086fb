"""What customers ask for, and the price we answer with."""
