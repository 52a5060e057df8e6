{# On PostgreSQL an index on a hash of eight bytes costs half of one on a random id. Redshift has no indexes. #}
{% macro index_hash(expression) %}
    {{- return(expression if target.type == 'redshift' else 'hashtextextended(' ~ expression ~ ', 0)') -}}
{% endmacro %}
