"""Garden service: what is offered and at what price, what customers ask for, and the visits that come of it. Zone W."""
