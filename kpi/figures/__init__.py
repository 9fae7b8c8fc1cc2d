"""From a question to values: over time, compared, ranked, explained."""
