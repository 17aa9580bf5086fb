"""Under which VAT scheme goods are sold, by where they come from and from which day."""
