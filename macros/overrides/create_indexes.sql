{#
  Replaces `default__create_indexes` of dbt-adapters (compared with 1.24.5), which makes the indexes of the config `indexes`. That config is
  for PostgreSQL alone; Redshift has no indexes, and its adapter fails on it.

  relation: the table.  Gives no SQL.
#}
{% macro redshift__create_indexes(relation) %}
    {{ return('') }}
{% endmacro %}
