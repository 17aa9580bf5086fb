"""Work that comes again: the house, the kitchen, the office and the web shop."""
