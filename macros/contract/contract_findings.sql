{% macro contract_findings(table) %}
    {% set name = table.identifier | lower %}
    {% set landed = landed_columns(table.schema).get(name, []) %}
    {% set findings = [] %}
    {% if name in unreadable_tables(table.schema) | map('lower') | list %}
        {% do findings.append({'column_name': none, 'finding': 'unreadable_table', 'detail': none}) %}
    {% endif %}
    {% if not landed and not findings %}
        {% do findings.append({'column_name': none, 'finding': 'missing_table', 'detail': none}) %}
    {% elif landed | length > 1 %}
        {% set twins = landed | map(attribute='name') | join(', ') %}
        {% do findings.append({'column_name': none, 'finding': 'twin_table', 'detail': twins}) %}
    {% endif %}
    {% set seen = [] %}
    {% for raw_table in landed %}
        {% for finding in column_findings(table, raw_table.columns) if (finding.finding, finding.column_name) not in seen %}
            {% do seen.append((finding.finding, finding.column_name)) %}
            {% do findings.append(finding) %}
        {% endfor %}
    {% endfor %}
    {{ return(findings) }}
{% endmacro %}


{% macro column_findings(table, landed) %}
    {% set findings = [] %}
    {% set known = ['uuid'] %}
    {% for column in table.columns.values() %}
        {% do known.extend(accepted_raw_names(column)) %}
        {% set present = landed_as(column, landed) %}
        {% if not present %}
            {% do findings.append({'column_name': column.name, 'finding': 'missing_column', 'detail': none}) %}
        {% endif %}
        {% for raw in present if not landed_as_declared(raw.type, column.data_type) %}
            {% do findings.append({
                'column_name': raw.name,
                'finding': 'retyped_column',
                'detail': 'declared ' ~ column.data_type ~ ', landed ' ~ described_type(raw.type),
            }) %}
        {% endfor %}
    {% endfor %}
    {% for raw_name, twins in landed.items() %}
        {% set position = loop.index %}
        {% for raw in twins if raw_name not in known and not raw_name.startswith('context_') %}
            {% do findings.append({'column_name': masked_name(raw.name, position), 'finding': 'extra_column', 'detail': 'landed ' ~ described_type(raw.type)}) %}
        {% endfor %}
        {% if twins | length > 1 and raw_name in known %}
            {% set names = twins | map(attribute='name') | join(', ') %}
            {% do findings.append({'column_name': raw_name, 'finding': 'twin_column', 'detail': names}) %}
        {% endif %}
    {% endfor %}
    {{ return(findings) }}
{% endmacro %}


{% macro landed_as_declared(landed_type, declared_type) %}
    {% set kind = landed_kind(landed_type) %}
    {% if declared_type.startswith('varchar') %}{{ return(kind in ('text', 'integer')) }}
    {% elif declared_type == 'bigint' %}{{ return(kind == 'integer') }}
    {% elif declared_type == 'double precision' %}{{ return(kind in ('integer', 'decimal', 'float')) }}
    {% elif declared_type == 'boolean' %}{{ return(kind == 'boolean') }}
    {% endif %}
    {{ return(kind in ('timestamp', 'timestamptz')) }}
{% endmacro %}


{% macro described_type(landed_type) %}
    {% set kind = landed_kind(landed_type) %}
    {{ return({'other': landed_type, 'timestamptz': 'timestamp', 'float': 'decimal'}.get(kind, kind)) }}
{% endmacro %}
