"""The first stage of the sales warehouse: which tables files hold, and their cells as text, row by row."""
