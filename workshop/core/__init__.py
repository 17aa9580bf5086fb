"""The common floor. A closed list of files; nothing here knows a slice."""
