{{ config(
    incremental_strategy='replace_entities',
    unique_key=['event_name', 'event_id'],
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(event_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        {
            'int_order_tracker_events': 'entity_key',
            'int_unlock_events': 'entity_key',
            'int_app_banner_events': 'entity_key',
            'int_error_events': 'entity_key',
            'int_server_load_events': 'entity_key',
            'int_server_unlock_events': 'entity_key',
            'int_ui_navigation_events': 'order_key',
            'int_pilot_trip_events':
                'case when event_name not in (\\'pilot_cancel_trip\\', \\'pilot_unable_to_cancel_trip\\') then order_key end',
            'int_pilot_acknowledgment_events': 'order_key',
            'int_troubleshooting_events': 'case when event_role != \\'evidence\\' then matched_order_key end',
        },
        happened_at='occurred_at'
    ) }}",
) }}

{% set null_text = 'cast(null as varchar(512))' %}

with

-- Events without an order have rows, too: by them fct_orders finds the order that an event has left.
events as (

    {% for stream, key, robot_id, merchant_name in [
        ('int_order_tracker_events', 'entity_key', null_text, 'merchant_name'),
        ('int_unlock_events', 'entity_key', 'robot_id', null_text),
        ('int_app_banner_events', 'entity_key', null_text, null_text),
        ('int_error_events', 'entity_key', null_text, null_text),
        ('int_server_load_events', 'entity_key', 'robot_id', 'merchant_name'),
        ('int_server_unlock_events', 'entity_key', 'robot_id', null_text),
        ('int_ui_navigation_events', 'order_key', null_text, null_text),
        ('int_pilot_trip_events', 'order_key', 'robot_id', null_text),
        ('int_pilot_acknowledgment_events', 'order_key', 'robot_id', null_text),
    ] %}
    select
        event_id,
        {{ key }} as entity_key,
        cast(null as varchar(32)) as troubleshooting_session_id,
        order_id,
        {{ robot_id }} as robot_id,
        event_name,
        {{ merchant_name }} as merchant_name,
        cast(case when order_id is not null then 'event' end as varchar(16)) as order_matched_by,
        is_clock_suspect,
        occurred_at
    from {{ ref(stream) }}
    where
        {{ is_news(key) }}
        {%- if stream == 'int_pilot_trip_events' %}
        -- troubleshooting has these
        and event_name not in ('pilot_cancel_trip', 'pilot_unable_to_cancel_trip')
        {%- endif %}
    union all
    {% endfor %}
    select
        event_id,
        matched_order_key as entity_key,
        troubleshooting_session_id,
        matched_order_id as order_id,
        robot_id,
        event_name,
        {{ null_text }} as merchant_name,
        order_matched_by,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_troubleshooting_events') }}
    where
        {{ is_news('matched_order_key') }}
        -- evidence comes from the streams
        and event_role != 'evidence'
    {{ union_known([
        'event_id', 'entity_key', 'troubleshooting_session_id', 'order_id', 'robot_id', 'event_name', 'merchant_name',
        'order_matched_by', 'is_clock_suspect', 'occurred_at',
    ]) }}

)

-- in the order of time, for the events of an order lie together then: fct_orders groups them in half the time
select
    {{ written_at() }} as staged_at,
    events.*
from events
order by occurred_at
