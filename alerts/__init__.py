"""When to speak, what to say, how to say it."""
