"""Rows that are no data, totals held against what they add up, labels and days that stand elsewhere."""
