{#
  For the rest of the transaction: read large tables by their indexes. PostgreSQL takes a time that a subquery gives for a third of a
  table, and would read all of history for a day's rows. And count temporary tables by a small sample: how many rows there are is all
  that plans need to know of them. Nothing on Redshift, which prunes by sort keys, and nothing in a full refresh or a
  reconciliation, which read much.
#}
{% macro prefer_indexes() %}
    {{ return(adapter.dispatch('prefer_indexes')()) }}
{% endmacro %}


{% macro default__prefer_indexes() %}
    {{ return('set local enable_seqscan = off; set local default_statistics_target = 10;' if is_incremental() and not is_reconciling() else '') }}
{% endmacro %}


{% macro redshift__prefer_indexes() %}
    {{ return('') }}
{% endmacro %}
