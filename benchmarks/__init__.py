"""Timings, races and pictures: what `make bench`, `make soak` and `make shots` run."""
