{#
  The comments on the views of a schema: {view: comment}; {} where there is no such schema.

  It asks once per schema, thread and invocation, as `landed_columns` does. The answer is as old as the first question: what the
  invocation itself has dropped or replaced since is still in it.

  schema: name of the schema.
#}
{% macro view_comments(schema) %}
    {% set kept = graph.setdefault('view_comments ' ~ invocation_id, {}) %}
    {% if schema not in kept %}
        {% set comments = {} %}
        {% for row in run_query(view_comments_query(schema)).rows %}
            {% do comments.update({row[0]: row[1]}) %}
        {% endfor %}
        {% do kept.update({schema: comments}) %}
    {% endif %}
    {{ return(kept[schema]) }}
{% endmacro %}


{% macro view_comments_query(schema) %}
    select
        relations.relname as view_name,
        descriptions.description as view_comment
    from pg_catalog.pg_namespace as schemas
    inner join pg_catalog.pg_class as relations on schemas.oid = relations.relnamespace
    inner join pg_catalog.pg_description as descriptions on relations.oid = descriptions.objoid
    where
        schemas.nspname = {{ text_literal(schema) }}
        and relations.relkind = 'v'
        and descriptions.objsubid = 0
        and descriptions.classoid = 'pg_catalog.pg_class'::regclass
{% endmacro %}
