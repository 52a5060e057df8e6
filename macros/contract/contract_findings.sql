{% macro contract_findings(table) %}
    {% set landed = landed_columns(table.schema).get(table.identifier | lower) %}
    {% if landed is none %}
        {% set finding = 'unreadable_table' if table.identifier | lower in unreadable_tables(table.schema) else 'missing_table' %}
        {{ return([{'column_name': none, 'finding': finding, 'detail': none}]) }}
    {% endif %}
    {% set findings = [] %}
    {% set known = ['uuid'] %}
    {% for column in table.columns.values() %}
        {% set raw_names = accepted_raw_names(column) %}
        {% do known.extend(raw_names) %}
        {% set present = raw_names | select('in', landed) | list %}
        {% if not present %}
            {% do findings.append({'column_name': column.name, 'finding': 'missing_column', 'detail': none}) %}
        {% endif %}
        {% for raw_name in present if not landed_as_declared(landed[raw_name], column.data_type) %}
            {% do findings.append({
                'column_name': raw_name,
                'finding': 'retyped_column',
                'detail': 'declared ' ~ column.data_type ~ ', landed ' ~ described_type(landed[raw_name]),
            }) %}
        {% endfor %}
    {% endfor %}
    {% for raw_name in landed if raw_name not in known and not raw_name.startswith('context_') %}
        {% do findings.append({'column_name': masked_name(raw_name, loop.index), 'finding': 'extra_column', 'detail': 'landed ' ~ described_type(landed[raw_name])}) %}
    {% endfor %}
    {{ return(findings) }}
{% endmacro %}


{% macro landed_as_declared(landed_type, declared_type) %}
    {% set kind = landed_kind(landed_type) %}
    {% if declared_type.startswith('varchar') %}{{ return(kind in ('text', 'integer')) }}
    {% elif declared_type == 'bigint' %}{{ return(kind == 'integer') }}
    {% elif declared_type == 'double precision' %}{{ return(kind in ('integer', 'decimal')) }}
    {% elif declared_type == 'boolean' %}{{ return(kind == 'boolean') }}
    {% endif %}
    {{ return(kind in ('timestamp', 'timestamptz')) }}
{% endmacro %}


{% macro described_type(landed_type) %}
    {% set kind = landed_kind(landed_type) %}
    {{ return({'other': landed_type, 'timestamptz': 'timestamp'}.get(kind, kind)) }}
{% endmacro %}
