"""The calendar of two weeks: who was there, and an absence of several days in two clicks."""
