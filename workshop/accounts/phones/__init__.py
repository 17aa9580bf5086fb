"""A citizen's own phone: let in with a ticket from staff and their PIN, and closed by them or by staff."""
