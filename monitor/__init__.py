"""What happens by itself: watching, the road of a file, the service loops."""
