"""What a KPI is, as people write it down, and whether what they wrote is sound."""
