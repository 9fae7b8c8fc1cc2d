"""All of alerting as one TOML file."""
