"""The competence card that a citizen owns."""
