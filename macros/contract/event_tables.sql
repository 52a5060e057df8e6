{% macro event_tables() %}
    {%- set schema = var('raw_schema') -%}
    {%- set tables = graph.sources.values() | selectattr('schema', 'equalto', schema) | sort(attribute='identifier') if execute else [] -%}
    {%- for table in tables %}
select
    cast({{ text_literal(table.identifier) }} as varchar(512)) as event_name,
    cast({{ text_literal(table.config.meta.family) }} as varchar(64)) as family,
    cast({{ text_literal(table.config.meta.app) }} as varchar(16)) as app,
    {{ 'true' if table.identifier | lower in landed_columns(schema) else 'false' }} as is_landed
        {%- if not loop.last %}
union all
        {%- endif %}
    {%- endfor %}
{% endmacro %}
