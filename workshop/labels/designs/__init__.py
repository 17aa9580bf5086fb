"""Labels the workshop has put together itself."""
