"""What runs a statement: DuckDB over the snapshots in this process, the SQL database, or a Spark cluster."""
