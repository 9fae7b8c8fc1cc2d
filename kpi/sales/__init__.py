"""The sales warehouse: raw customers, products and sales to a star schema, and what is asked of it."""
