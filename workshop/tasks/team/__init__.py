"""What the team did: staff confirm, correct and void records."""
