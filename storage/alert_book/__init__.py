"""Alerting taken from, and given to, one TOML file."""
