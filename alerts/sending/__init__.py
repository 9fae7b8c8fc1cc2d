"""Who is sent what, when, and what has to wait."""
