"""The workshop: work on one side of the wall, people and their development on the other."""
