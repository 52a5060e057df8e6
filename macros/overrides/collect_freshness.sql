{#
  Replaces `default__collect_freshness` of dbt-adapters (compared with 1.24.5), which `dbt source freshness` calls. dbt's own query fails
  on a raw table that has not landed or that lacks a column, and believes load times in the future. This one asks the table in its
  declared shape for its newest load time that has passed, and for the time now, both in UTC; a table that has not landed has been quiet
  for ever. Gives the result of the query, as dbt's does.

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
