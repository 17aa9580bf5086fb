"""People on visits of the garden service: who goes along, and who is usually in a team. Zone D."""
