"""What a customer has ordered to be made, and the production order it becomes."""
