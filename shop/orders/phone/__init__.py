"""Orders that come by phone and are typed in by staff: the things first, then who buys."""
