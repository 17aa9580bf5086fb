"""The kitchen: how many eat, what they get, and what has to be bought for it. Numbers, never names."""
