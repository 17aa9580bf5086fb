"""What the workshop makes and sells: types, items, prices, pictures and the codes that lead to them."""
