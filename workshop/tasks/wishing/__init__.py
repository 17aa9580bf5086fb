"""What citizens wish to try; staff see it when they plan."""
