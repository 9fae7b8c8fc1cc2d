"""What was found in a file: how its sheets begin, what they were taken for, and what to say where that is wrong."""
