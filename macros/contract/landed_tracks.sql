{#
  `tracks` has the common columns of every event. It is no event table and so no source: only the comparison with the event tables reads
  it, and it may well be absent. Its columns have Segment's names, also if the event tables have others (var `raw_names`).
#}
{% macro landed_tracks() %}
    {%- set schema, types = var('raw_schema'), {'id': 'varchar(512)', 'event': 'varchar(512)', 'received_at': 'timestamp'} -%}
    {%- for landed in (landed_columns(schema).get('tracks') if execute) or [{'columns': {}}] %}
        {%- set columns, tracked = landed.columns if 'id' in landed.columns else {}, {} %}
        {%- for raw_name, data_type in types.items() %}
            {%- set column = {'name': 'tracked_' ~ raw_name, 'data_type': data_type, 'config': {'meta': {'raw_names': [raw_name]}}} %}
            {%- set value = conformed_value(column, columns) %}
            {%- do tracked.update({raw_name: value if raw_name != 'event' else masked_event_name(value, landed_text(column, columns) or value)}) %}
        {%- endfor %}
    select
        {{ tracked.id }} as event_id,
        {{ tracked.event }} as event_name,
        {{ tracked.received_at }} as received_at
        {%- if columns %}
    from {{ api.Relation.create(database=target.database, schema=schema, identifier=landed.name) ~ landed_places(landed) }}
    where {{ tracked.id }} is not null
        {%- else %}
    where false
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
