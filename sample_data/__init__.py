"""Small workbooks and CSVs, the seeded script that made them, the KPI values worked by hand."""
