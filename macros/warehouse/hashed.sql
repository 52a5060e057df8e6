{#
  SQL of what an index on a long text holds instead of it, to be compared with the same of another text: equal texts give equal values,
  and seldom do others. On PostgreSQL a hash of eight bytes, whose index costs half of one on a random id. On Redshift, which has no
  indexes, the text itself.

  expression: SQL of a text. An index on it is declared as `hashtextextended(<column>, 0)`.
#}
{% macro hashed(expression) %}
    {{ return(adapter.dispatch('hashed')(expression)) }}
{% endmacro %}


{% macro default__hashed(expression) %}
    {{ return('hashtextextended(' ~ expression ~ ', 0)') }}
{% endmacro %}


{% macro redshift__hashed(expression) %}
    {{ return(expression) }}
{% endmacro %}
