"""The parts of the workshop: added, renamed, and closed while nothing belongs to them."""
