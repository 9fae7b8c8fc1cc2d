"""Everything that knows how data lie at rest."""
