"""REST, mounted into the process of the page: /api/v1/…, /healthz, /readyz."""
