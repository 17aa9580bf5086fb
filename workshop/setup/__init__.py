"""How a workshop starts: its first administrator, who it is, and what is left to do."""
