"""Stretches of days: years of weeks, comparable earlier days, what a running period may come to."""
