"""The week on the wall: who does what on which day."""
