{#
  What has landed in a schema: {table: {column: data type}}, all names in lower case; {} where there is no such schema.

  The only macro that looks at the warehouse's catalog. It asks once per schema, thread and invocation: the answer is kept in `graph`,
  which is one dict for all nodes of an invocation. The answer is as old as the first question, so ask only for
  schemas that the invocation does not change.

  schema: name of the schema.
#}
{% macro landed_columns(schema) %}
    {% set kept = graph.setdefault('landed_columns ' ~ invocation_id, {}) %}
    {% if schema not in kept %}
        {% set landed = {} %}
        {% for row in run_query(landed_columns_query(schema)).rows %}
            {% do landed.setdefault(row[0] | lower, {}).update({row[1] | lower: row[2] | lower}) %}
        {% endfor %}
        {% do kept.update({schema: landed}) %}
    {% endif %}
    {{ return(kept[schema]) }}
{% endmacro %}


{% macro landed_columns_query(schema) %}
    select
        table_name,
        column_name,
        data_type
    from information_schema.columns
    where table_schema = '{{ schema }}'
    order by table_name, ordinal_position
{% endmacro %}
