"""The marts' rules told a second time, in plain Python and apart from the dbt project.

Input: raw rows as they landed, each a mapping of raw column names to values, by event table (`read_stream`,
`read_platform_events`), or events that have been read, each once. Times are naive ``datetime`` values in UTC.

Output: rows of event models, facts and reports, as dataclasses or mappings, with the columns of the SQL but
for `written_at`. A missing value is None. The order of rows means nothing.

What must agree: the SQL, row for row, whatever lands. Nothing here shares code with the dbt project or its
tests, and each rule is written from its sentence in the documentation: a module walks one entity's events in
order and keeps a little state, where a model sets whole tables against each other. When the two agree on many
nasty inputs, both are probably right.
"""
