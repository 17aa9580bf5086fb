"""The staff of the workshop: inviting them, what they may do, and closing an account when somebody stops."""
