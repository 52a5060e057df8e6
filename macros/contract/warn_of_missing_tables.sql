{# A table that has not landed or is not readable fails nothing: its staging view is empty, and its stream is unchanged. #}
{% macro warn_of_missing_tables() %}
    {% if not execute or flags.WHICH not in ('run', 'build') %}
        {{ return('') }}
    {% endif %}
    {% set schema = var('raw_schema') %}
    {% set declared = graph.sources.values() | selectattr('schema', 'equalto', schema) | map(attribute='identifier') | sort | list %}
    {% set unreadable = declared | select('in', unreadable_tables(schema) | map('lower') | list) | list %}
    {% set missing = declared | reject('in', unreadable) | reject('in', landed_columns(schema)) | list %}
    {% if missing %}
        {% do exceptions.warn(
            missing | length ~ ' of ' ~ declared | length ~ ' event tables have not landed in schema ' ~ schema
            ~ ' yet; their staging views are empty: ' ~ missing | join(', ') ~ '.'
        ) %}
    {% endif %}
    {% if unreadable %}
        {% do exceptions.warn(
            unreadable | length ~ ' of ' ~ declared | length ~ ' event tables in schema ' ~ schema ~ ' may not be read by '
            ~ (target.user or 'this user') ~ ', so their staging views are empty. Grant usage on the schema and select on the tables: '
            ~ unreadable | join(', ') ~ '.'
        ) %}
    {% endif %}
    {{ return('') }}
{% endmacro %}
