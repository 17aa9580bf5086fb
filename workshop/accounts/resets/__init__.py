"""A forgotten password, and a new one by mail."""
