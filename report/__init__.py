"""One HTML file that shows what the marts say about some days: see `python -m report --help`."""
