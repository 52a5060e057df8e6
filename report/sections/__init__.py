"""The sections of a report: each module reads a query, and makes the sentence, the chart and the table."""
