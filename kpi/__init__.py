"""What the data and the numbers mean. Pure: values in, values out."""
