"""A run of the sales warehouse, from raw files to the swap."""
