"""The parts a product is sawn from, and the rules for how long each is."""
