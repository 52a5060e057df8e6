{% macro conform(relation) %}
    {%- if not execute or relation.is_cte -%}
        select
            landed.*,
            cast(0 as bigint) as refused_value_count,
            cast(0 as bigint) as cut_value_count,
            false as has_refused_time
        from {{ relation }} as landed
    {%- else -%}
        {%- set table = contract_table(relation) -%}
        {%- for landed in landed_columns(relation.schema).get(relation.identifier | lower, [none]) -%}
            {%- set columns = [] -%}
            {%- for column in table.columns.values() -%}
                {%- do columns.append(conformed_column(column, landed.columns if landed else {})) -%}
            {%- endfor -%}
        select
            {{ (columns | sum('selected', []) + refusals(columns)) | join(',\n            ') }}
            {%- if landed %}
        from {{ relation.incorporate(path={'identifier': landed.name}) ~ landed_places(landed) }}
            {%- else %}
        where false
            {%- endif -%}
            {{ '\n        union all\n        ' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{% macro contract_table(relation) %}
    {% for table in graph.sources.values() %}
        {% if table.schema == relation.schema and table.identifier == relation.identifier %}
            {{ return(table) }}
        {% endif %}
    {% endfor %}
    {{ exceptions.raise_compiler_error(
        'conform: ' ~ relation ~ ' is not declared as a source. Declare the table and its columns in a __sources.yml file.'
    ) }}
{% endmacro %}


{% macro accepted_raw_names(column) %}
    {{ return(var('raw_names').get(column.name, column.config.meta.get('raw_names', [column.name])) | map('lower') | list) }}
{% endmacro %}


{#
  Event tables have most of their columns in common, and to make their SQL again for each table would take most of the time of a run in
  which no view changes. The result is stored as `catalog_of` stores its own.
#}
{% macro conformed_column(column, landed) %}
    {% set known = graph.setdefault('conformed_columns ' ~ invocation_id, {}) %}
    {% set case = [column.name, column.data_type, column.config.meta, landed_as(column, landed)] | string %}
    {% if case not in known %}
        {% set value = conformed_value(column, landed) %}
        {% set selected = harmless(column, value, landed_text(column, landed) or value) %}
        {% do known.update({case: {'selected': selected, 'refusals': refusals_of(column, landed)}}) %}
    {% endif %}
    {{ return(known[case]) }}
{% endmacro %}


{% macro conformed_value(column, landed) %}
    {% set values = [] %}
    {% for raw in landed_as(column, landed) %}
        {% do values.append(safe_cast_landed(raw.sql, raw.type, column.data_type, is_id_column(column))) %}
    {% endfor %}
    {% if not values %}
        {{ return('cast(null as ' ~ column.data_type ~ ')') }}
    {% endif %}
    {{ return(values[0] if values | length == 1 else 'coalesce(' ~ values | join(', ') ~ ')') }}
{% endmacro %}


{# Of several raw columns it is the one that gives the value, for conditions on another one would not notice what is to be masked. #}
{% macro landed_text(column, landed) %}
    {% set texts, cases = [], [] %}
    {% for raw in landed_as(column, landed) %}
        {% set value = safe_cast_landed(raw.sql, raw.type, column.data_type, is_id_column(column)) %}
        {% do texts.append(raw.sql if landed_kind(raw.type) == 'text' else safe_cast_landed(raw.sql, raw.type, 'varchar(65535)')) %}
        {% do cases.append('when ' ~ value ~ ' is not null then ' ~ texts | last) %}
    {% endfor %}
    {{ return('case ' ~ cases | join(' ') ~ ' end' if texts | length > 1 else texts | first | default(none)) }}
{% endmacro %}


{#
  Text of type char has blanks at its end, which some functions count. Texts of two collations of their own cannot be joined, and PostgreSQL
  has no `like` and no regular expressions for some of them.
#}
{% macro landed_as(column, landed) %}
    {% set found = [] %}
    {% for raw_name in accepted_raw_names(column) %}
        {% for raw in landed.get(raw_name, []) %}
            {% set sql = adapter.quote(raw.name | replace('"', '""')) %}
            {% set is_padded = raw.type.startswith(('char', 'bpchar')) and 'varying' not in raw.type %}
            {% set sql = 'rtrim(cast(' ~ sql ~ ' as varchar(65535)))' if is_padded else sql %}
            {% do found.append(dict(raw, sql='(' ~ sql ~ ' collate "default")' if raw.get('is_collated') else sql)) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}


{% macro is_id_column(column) %}
    {{ return(column.data_type.startswith('varchar') and (column.name == 'id' or column.name.endswith('_id'))) }}
{% endmacro %}


{% macro harmless(column, value, text) %}
    {% set policy = column.config.meta.get('personal_data') %}
    {% if policy == 'drop' %}
        {{ return([]) }}
    {% elif policy == 'presence' %}
        {{ return(['(' ~ value ~ ') is not null as has_' ~ column.name]) }}
    {% elif policy == 'host' %}
        {{ return(['cast(' ~ url_host(value) ~ ' as ' ~ column.data_type ~ ') as ' ~ column.name ~ '_host']) }}
    {% elif policy == 'device' %}
        {{ return([device_class(value, text) ~ ' as device_class']) }}
    {% elif policy == 'mask' %}
        {{ return([masked_text(value, text, column.data_type) ~ ' as ' ~ adapter.quote(column.name)]) }}
    {% elif policy in ('keep', 'hash', none) %}
        {{ return([value ~ ' as ' ~ adapter.quote(column.name)]) }}
    {% endif %}
    {{ exceptions.raise_compiler_error(
        'conform: column ' ~ column.name ~ ' has personal_data: ' ~ policy
        ~ '. It may be drop, presence, host, device, mask, hash or keep.'
    ) }}
{% endmacro %}
