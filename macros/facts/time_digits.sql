{#
  SQL of a timestamp as a text of twenty digits, to the microsecond: texts in order are times in order, so the least or greatest of this
  with a value behind it has the first or last value.
#}
{% macro time_digits(time) -%}
    to_char({{ time }}, 'YYYYMMDDHH24MISSUS')
{%- endmacro %}
