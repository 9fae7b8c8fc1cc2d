"""Dashboards: what a person puts on one, how it lies at rest, and how it is shown and arranged."""
