"""The project on a real warehouse: small fixtures go in, and what comes out is compared with what is expected.

`python -m conformance --target redshift` works in schemas of its own, removes them, and writes down what it found.
"""
