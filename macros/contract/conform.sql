{% macro conform(relation) %}
    {%- if not execute or relation.is_cte -%}
        select * from {{ relation }}
    {%- else -%}
        {%- set table = contract_table(relation) -%}
        {%- set landed = landed_columns(relation.schema).get(relation.identifier | lower) -%}
        {%- set columns = [] -%}
        {%- for column in table.columns.values() -%}
            {%- set value = conformed_value(column, landed or {}) -%}
            {%- do columns.extend(harmless(column, value)) -%}
        {%- endfor -%}
        select
            {{ columns | join(',\n            ') }}
        {%- if landed is none %}
        where false
        {%- else %}
        from {{ relation }}
        {%- endif -%}
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


{% macro conformed_value(column, landed) %}
    {% set values = [] %}
    {% for raw_name in accepted_raw_names(column) if raw_name in landed %}
        {% do values.append(safe_cast_landed(adapter.quote(raw_name | replace('"', '""')), landed[raw_name], column.data_type)) %}
    {% endfor %}
    {% if not values %}
        {{ return('cast(null as ' ~ column.data_type ~ ')') }}
    {% endif %}
    {% set value = values[0] if values | length == 1 else 'coalesce(' ~ values | join(', ') ~ ')' %}
    {#- `uuid_ts` and `received_at` stay bare so that PostgreSQL can use the index of the raw table. The stream sets values outside the
        range to null. #}
    {{ return(within_calendar(value) if column.data_type == 'timestamp' and column.name not in ('uuid_ts', 'received_at') else value) }}
{% endmacro %}


{% macro harmless(column, value) %}
    {% set policy = column.config.meta.get('personal_data') %}
    {% if policy == 'drop' %}
        {{ return([]) }}
    {% elif policy == 'presence' %}
        {{ return(['(' ~ value ~ ') is not null as has_' ~ column.name]) }}
    {% elif policy == 'host' %}
        {{ return(['cast(' ~ url_host(value) ~ ' as ' ~ column.data_type ~ ') as ' ~ column.name ~ '_host']) }}
    {% elif policy == 'device' %}
        {{ return([device_class(value) ~ ' as device_class']) }}
    {% elif policy == 'mask' %}
        {{ return([masked_text(value, column.data_type) ~ ' as ' ~ adapter.quote(column.name)]) }}
    {% elif policy in ('keep', 'hash', none) %}
        {{ return([value ~ ' as ' ~ adapter.quote(column.name)]) }}
    {% endif %}
    {{ exceptions.raise_compiler_error(
        'conform: column ' ~ column.name ~ ' has personal_data: ' ~ policy
        ~ '. It may be drop, presence, host, device, mask, hash or keep.'
    ) }}
{% endmacro %}


{% macro device_class(user_agent) %}
    {% set agent = 'lower(' ~ user_agent ~ ')' %}
    {{ return(
        "cast(case when " ~ agent ~ " is null then null"
        ~ " when " ~ agent ~ " ~ '(bot|crawl|spider|headless)' then 'bot'"
        ~ " when " ~ agent ~ " ~ '(ipad|tablet)' then 'tablet'"
        ~ " when " ~ agent ~ " ~ '(iphone|mobile|android)' then 'mobile'"
        ~ " when " ~ agent ~ " ~ '(windows|macintosh|linux|cros)' then 'desktop'"
        ~ " else 'other' end as varchar(16))"
    ) }}
{% endmacro %}
