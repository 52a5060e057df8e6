"""Check that tests notice changed SQL.

A mutant is the SQL of a model or of the macros with one change, such as `<` in place of `<=`. Mutants of
models run in their unit tests, mutants of the macros in recorded runs of some models. A mutant is killed if
the rows differ, or if a query fails on its data or takes over 20 seconds.
"""
