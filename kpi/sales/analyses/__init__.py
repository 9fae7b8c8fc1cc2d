"""What is asked of the star schema: the ten analyses and five more, each a statement that runs on every engine."""
