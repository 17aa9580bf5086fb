"""Photos of things: taken in, put in order, described, approved and served."""
