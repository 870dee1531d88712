"""How fast and how lean kpi is beside the same work written by hand."""
