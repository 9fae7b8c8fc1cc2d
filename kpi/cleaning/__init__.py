"""A raw table to typed columns, a row ledger and issues."""
