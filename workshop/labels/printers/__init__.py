"""The printers of the workshop: what they are called, how a job reaches them, and what lies in their trays."""
