{#
  SQL of the data horizon, a timestamp in UTC: what has no outcome when the horizon has passed its window will not get one. Null while
  there are no events.
#}
{% macro data_horizon() -%}
    (select {{ dbt.dateadd('minute', '-' ~ var('horizon_margin_minutes'), 'max(received_through)') | trim }} from {{ ref('int_data_horizon') }})
{%- endmacro %}
