"""Sale at the door, on the same stock as the web shop."""
