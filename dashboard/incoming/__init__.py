"""What a person has handed in, until it is on the page: what is awaited, how far it is, which files of a folder come."""
