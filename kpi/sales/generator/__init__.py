"""Invented customers, products and sales with a chosen share of dirty rows, and the truth about them beside."""
