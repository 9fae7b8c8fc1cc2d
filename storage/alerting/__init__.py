"""Rules, states, episodes, and what is owed to whom."""
