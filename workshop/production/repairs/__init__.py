"""Things that come in: furniture to restore, bikes, mopeds and cars to repair, our own or a customer's."""
