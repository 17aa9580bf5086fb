"""The starter catalogue: what a workshop gets as its first content, and how it is loaded."""
