"""What is asked and said about a file, and what its load changed."""
