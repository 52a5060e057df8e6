"""A report on the marts for a range of days, as one HTML file: see `python -m report --help`."""
