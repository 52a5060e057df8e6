{#
  SQL of the greatest value of a timestamp column in a relation, or a time before all others where it has no rows.
#}
{% macro newest_of(column, relation) -%}
    (select coalesce(max({{ column }}), cast('0001-01-01' as timestamp)) from {{ relation }})
{%- endmacro %}
