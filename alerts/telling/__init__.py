"""A transition in words, numbers and links."""
