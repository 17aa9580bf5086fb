"""When something made to order can be ready."""
