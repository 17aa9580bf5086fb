"""Lists of things in and out of the house, as spreadsheets."""
