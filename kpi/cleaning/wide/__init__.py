"""Sheets with months or years across the columns: found, understood line by line, and turned into rows."""
