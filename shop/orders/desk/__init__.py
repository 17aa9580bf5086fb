"""The order desk: what waits for us today, and one order's whole story."""
