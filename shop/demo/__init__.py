"""A made-up workshop to look around in: fictional people, believable things, the same ones each time."""
