"""The pages of the tablet in the workshop: who are you, your tasks, the thing you made."""
