"""Zone S: what is told in confidence. Every text is sealed with its person's own key."""
