"""Do the unit tests of the models notice when one operator of a model is changed?

A mutant is the compiled SQL of a model with one change, such as `<` in place of `<=`. It runs in the queries
of the model's unit tests, on the embedded PostgreSQL. It is killed if one of them gives other rows than
expected.
"""
