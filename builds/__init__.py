"""Builds of the dbt project: dbt is run, and what builds hold is compared.

The demonstration, the conformance pack, the benchmarks and the tests all do so with what is here.
"""
