"""What people did and how it went: competences, permits, assignments, task records, the kiosk."""
