"""The kinds of tasks and of products, as the workshop itself describes them."""
