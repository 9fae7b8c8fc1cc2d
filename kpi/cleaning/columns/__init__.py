"""Which column means which field, and what it is good for."""
