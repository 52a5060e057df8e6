{#
  At the end of a run or build: one warning that names the declared event tables which have not landed.
  Their staging views are empty, and so is what only they could fill.
#}
{% macro warn_of_missing_tables() %}
    {% if not execute or flags.WHICH not in ('run', 'build') %}
        {{ return('') }}
    {% endif %}
    {% set schema = var('raw_schema') %}
    {% set declared = graph.sources.values() | selectattr('schema', 'equalto', schema) | map(attribute='identifier') | sort | list %}
    {% set missing = declared | reject('in', landed_columns(schema)) | list %}
    {% if missing %}
        {% do exceptions.warn(
            missing | length ~ ' of ' ~ declared | length ~ ' event tables have not landed in schema ' ~ schema
            ~ '. What depends on them alone is empty until they do: ' ~ missing | join(', ') ~ '.'
        ) %}
    {% endif %}
    {{ return('') }}
{% endmacro %}
