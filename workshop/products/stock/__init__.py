"""What the workshop has of a thing: every change with its cause, and corrections by hand."""
