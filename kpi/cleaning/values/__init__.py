"""Numbers, dates and units as people write them, decided by column."""
