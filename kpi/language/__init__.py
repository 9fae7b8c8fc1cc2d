"""What a formula is, from its text to the expression that is run."""
