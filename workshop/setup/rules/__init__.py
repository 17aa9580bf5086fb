"""What the workshop decides for itself: four eyes, names on the tablet, and which languages the tablet speaks."""
