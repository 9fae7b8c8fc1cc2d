"""The page of an empty database: what this is, and three ways to the first numbers."""
