"""Activities for several people at once, attendance only."""
