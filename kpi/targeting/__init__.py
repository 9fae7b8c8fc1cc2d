"""What is to be reached, and how far that has got."""
