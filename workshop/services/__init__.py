"""Garden service: kinds, prices, places. Zone W."""
