"""Several sheets of one workbook put together, so that nothing counts twice."""
