"""What things are made of, and what it costs to buy."""
