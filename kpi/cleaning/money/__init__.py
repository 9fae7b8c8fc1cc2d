"""What amounts of money are: currencies and rates, discounts, totals of whole orders, what is worked out."""
