"""The people of the workshop: citizens, enrolments, attendance, week plan, meetings, accommodations."""
