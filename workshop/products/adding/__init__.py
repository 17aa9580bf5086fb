"""New things, numbered at the desk: from the catalogue, at a house price, or one of a kind."""
