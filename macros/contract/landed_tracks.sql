{#
  `tracks` has the common columns of every event. It is no event table and so no source: only the comparison with the event tables reads
  it, and it may well be absent.
#}
{% macro landed_tracks() %}
    {%- set schema = var('raw_schema') -%}
    {%- set declared = {
        'id': ('event_id', 'varchar(512)'),
        'event': ('event_name', 'varchar(512)'),
        'received_at': ('received_at', 'timestamp'),
    } -%}
    {%- for landed in (landed_columns(schema).get('tracks') if execute) or [{'columns': {}}] %}
        {%- set columns = landed.columns if 'id' in landed.columns else {} %}
    select
        {%- for raw_name, (name, data_type) in declared.items() %}
            {%- set value = conformed_value({'name': raw_name, 'data_type': data_type, 'config': {'meta': {}}}, columns) %}
        {{ masked_event_name(value) if raw_name == 'event' else value }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- if columns %}
    from {{ api.Relation.create(database=target.database, schema=schema, identifier=landed.name) }}
    where {{ conformed_value({'name': 'id', 'data_type': 'varchar(512)', 'config': {'meta': {}}}, columns) }} is not null
        {%- else %}
    where false
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
