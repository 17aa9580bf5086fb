"""The work card: an order on paper, with a code that opens it."""
