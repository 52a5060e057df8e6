{#
  What `dbt source freshness` asks of a raw table, in dbt's place: its newest load time and the time now, both in UTC, of the table in its
  declared shape. A table that has not landed, or that lacks a column, has been quiet for ever; dbt's own query would fail. Load times in
  the future say nothing.

  source: what `source()` gives.  loaded_at_field: SQL of the load time, from declared columns.  filter: SQL of a condition, or none.
#}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {% call statement('collect_freshness', fetch_result=true, auto_begin=false) %}
        select
            max(case when {{ loaded_at_field }} <= {{ written_at() }} then {{ loaded_at_field }} end) as max_loaded_at,
            {{ written_at() }} as snapshotted_at
        from (
            {{ conform(source) }}
        ) as landed
        {%- if filter %}
        where {{ filter }}
        {%- endif %}
    {% endcall %}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}
