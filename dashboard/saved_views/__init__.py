"""Saved views: what somebody looks at, kept under a name."""
