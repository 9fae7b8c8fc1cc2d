"""The Sales tab: the warehouse's charts, their sentences, the rows, and the button that makes it."""
