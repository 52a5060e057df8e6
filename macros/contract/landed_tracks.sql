{#
  `tracks` has the common columns of every event. It is no event table and so no source: only the comparison with the event tables reads
  it, and it may well be absent.
#}
{% macro landed_tracks() %}
    {%- set schema = var('raw_schema') -%}
    {%- set landed = landed_columns(schema).get('tracks', {}) if execute else {} -%}
    {%- set landed = landed if 'id' in landed else {} -%}
    {%- set declared = {
        'id': ('event_id', 'varchar(512)'),
        'event': ('event_name', 'varchar(512)'),
        'received_at': ('received_at', 'timestamp'),
    } -%}
    select
        {%- for raw_name, (name, data_type) in declared.items() %}
            {%- set value = safe_cast_landed(adapter.quote(raw_name), landed[raw_name], data_type) if raw_name in landed
                else 'cast(null as ' ~ data_type ~ ')' %}
        {{ masked_event_name(value) if raw_name == 'event' else value }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if landed %}
    from {{ api.Relation.create(database=target.database, schema=schema, identifier='tracks') }}
    where nullif(rtrim(cast(id as varchar(512))), '') is not null
    {%- else %}
    where false
    {%- endif %}
{% endmacro %}
