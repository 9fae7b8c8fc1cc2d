"""Raw cells to typed ones: days, figures, ids and names, each column by what all of its texts prove together."""
