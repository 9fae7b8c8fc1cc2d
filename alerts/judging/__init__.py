"""What a condition says of a series, a file or a source, now and over the history."""
