"""Figures judged, and what is owed sent."""
