{{ config(materialized='view') }}

{% for stream in ['int_order_tracker_events', 'int_unlock_events', 'int_app_banner_events', 'int_error_events'] %}
{% set is_tracker = stream == 'int_order_tracker_events' %}
select
    cast('{{ stream }}' as varchar(128)) as input_name,
    event_id,
    tracker_key as entity_key,
    order_id,
    anonymous_id,
    user_id,
    event_name,
    device_class,
    {{ 'entry_channel' if is_tracker else 'cast(null as varchar(512)) as entry_channel' }},
    -- reason why an event has no session
    cast(case
        when coalesce(app, 'unknown') != 'tracker_web' then 'other_app'
        when anonymous_id is null then 'no_entity'
        when occurred_at is null then 'no_time'
    end as varchar(16)) as unmatched_reason,
    {{ 'rating' if is_tracker else 'cast(null as bigint) as rating' }},
    amplitude_session_id,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref(stream) }}
{{ 'union all' if not loop.last }}
{% endfor %}
