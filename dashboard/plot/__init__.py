"""A chart that is drawn in place: new data move it, and zoom and selection stay where the reader put them."""
