"""Who looked at whose file: the log read, checked, sampled, and shown to whom it is about."""
