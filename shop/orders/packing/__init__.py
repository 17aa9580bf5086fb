"""What to pack and what to bring on a day: as pages, and as paper."""
