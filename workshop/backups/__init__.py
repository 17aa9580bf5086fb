"""Nothing lost: copies of everything, proved sound, and the way back."""
