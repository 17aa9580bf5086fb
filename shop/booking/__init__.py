"""What customers see of the garden service: asking, quotes, agreements, bills."""
