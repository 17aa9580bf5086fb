"""Citizens' own words about records."""
