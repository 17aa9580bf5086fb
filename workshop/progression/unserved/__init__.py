"""Goals and the plan of next week, counted by competence: what nothing in the plan would serve."""
