"""Questions about a thing, and wishes to hear when there is one again."""
