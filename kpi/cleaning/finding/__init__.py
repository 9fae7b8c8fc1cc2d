"""Where tables lie on a sheet, and what their columns are called."""
