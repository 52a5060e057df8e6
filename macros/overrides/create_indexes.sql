{#
  Redshift has no indexes, and its adapter fails on the config `indexes`, which is for PostgreSQL alone.
#}
{% macro redshift__create_indexes(relation) %}
    {{ return('') }}
{% endmacro %}
