{#
  Replaces `default__safe_cast` of dbt-adapters (compared with 1.24.5), with which dbt casts the values in a unit test's rows. For these dbt
  takes the length away from the types of text, and without one Redshift takes the value for a constant, by which it does not partition:
  https://github.com/dbt-labs/dbt-adapters/issues/1856
#}
{% macro redshift__safe_cast(field, type) -%}
    cast({{ field }} as {{ 'varchar(65535)' if type == 'character varying' else type }})
{%- endmacro %}
