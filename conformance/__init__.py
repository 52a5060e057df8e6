"""The project on a real warehouse: small fixtures go in, and what comes out is compared with expectations.

`python -m conformance --target redshift` works in schemas of its own, removes them, and writes what it found.
"""
