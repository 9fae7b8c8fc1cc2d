"""The sales warehouse at rest: its runs, its tables in the database, its Parquet files, and what reads them."""
