"""What has to be bought: suggested from what is missing, ordered, late or not, and received once."""
