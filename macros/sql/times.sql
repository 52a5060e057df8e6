{% macro timestamp_literal(moment) %}
    {{- return("cast('" ~ moment.replace(tzinfo=none).isoformat(' ', 'microseconds') ~ "' as timestamp)" if moment else earliest_time()) -}}
{% endmacro %}


{% macro warehouse_clock() %}
    {{- return("cast(getdate() as timestamptz) at time zone 'UTC'" if target.type == 'redshift'
        else "cast(statement_timestamp() at time zone 'UTC' as timestamp)") -}}
{% endmacro %}


{% macro timestamp_add(datepart, number, time) %}
    {{- return(dbt.dateadd(datepart, number, time) | trim) -}}
{% endmacro %}


{% macro seconds_between(start, end) %}
    {{- return('cast(' ~ dbt.datediff(start, end, 'second') | trim ~ ' as bigint)') -}}
{% endmacro %}


{% macro earliest_time() -%}
    cast('0001-01-01' as timestamp)
{%- endmacro %}


{% macro latest_time() -%}
    cast('9999-12-31' as timestamp)
{%- endmacro %}
