{#
  Replaces `default__collect_freshness` of dbt-adapters (compared with 1.24.5), which `dbt source freshness` calls. dbt's own query fails
  on a raw table that has not landed or that lacks a column, and accepts load times in the future.
#}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {% call statement('collect_freshness', fetch_result=true, auto_begin=false) %}
        select
            max(case when {{ loaded_at_field }} <= {{ warehouse_clock() }} then {{ loaded_at_field }} end) as max_loaded_at,
            {{ warehouse_clock() }} as snapshotted_at
        from (
            {{ conform(source) }}
        ) as landed
        {%- if filter %}
        where {{ filter }}
        {%- endif %}
    {% endcall %}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}
