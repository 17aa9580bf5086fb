"""A citizen's own pages: the plan, wishes, what was made, the card, and a copy of it all."""
