"""What can be shown here, in the words of the house, and which task shows what."""
