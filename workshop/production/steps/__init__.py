"""The steps of an order, changed freely without touching the product type."""
