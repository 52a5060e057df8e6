"""A second, independent telling of the marts' rules in plain Python.

Nothing here shares code with the dbt project: the modules walk one entity's events in order and keep a little
state, where the models set whole tables against each other. When the two agree on many nasty inputs, both are
probably right.

All times are naive ``datetime`` values in UTC.
"""
