{#
  At the end of a run or build: one warning that names the declared event tables which have not landed.
  The warehouse names only tables that the user may read. So a table may also be missing for want of a grant: then its staging view is
  empty, and the streams keep what they have.
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
            ~ ', so there was nothing new to read. Is the var raw_schema right, and may ' ~ (target.user or 'this user') ~ ' read the tables?'
        ) %}
    {% elif missing %}
        {% do exceptions.warn(
            missing | length ~ ' of ' ~ declared | length ~ ' event tables have not landed in schema ' ~ schema
            ~ ' yet, or ' ~ (target.user or 'this user') ~ ' may not read them; their staging views are empty: ' ~ missing | join(', ') ~ '.'
        ) %}
    {% endif %}
    {{ return('') }}
{% endmacro %}
