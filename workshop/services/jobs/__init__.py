"""What was agreed: one visit or many, their rule, and their pauses."""
