"""Snow: an alarm proposes, staff confirm, and the log is the proof."""
