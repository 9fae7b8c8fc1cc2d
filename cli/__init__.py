"""The command line: the same parts from a terminal."""
