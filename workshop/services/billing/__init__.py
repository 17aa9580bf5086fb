"""What was done becomes due for payment, once."""
