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
    {% if missing | length == declared | length %}
        {% do exceptions.warn(
            'None of the ' ~ declared | length ~ ' event tables has landed in schema ' ~ schema ~ ' of database ' ~ target.dbname
            ~ ', so everything was built empty. Is the var raw_schema right, and may ' ~ (target.user or 'this user') ~ ' read it?'
        ) %}
    {% elif missing %}
        {% do exceptions.warn(
            missing | length ~ ' of ' ~ declared | length ~ ' event tables have not landed in schema ' ~ schema
            ~ ' yet; what they alone could fill was built empty: ' ~ missing | join(', ') ~ '.'
        ) %}
    {% endif %}
    {{ return('') }}
{% endmacro %}
