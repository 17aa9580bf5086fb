"""The public pages of the shop. No tables."""
