{{ config(materialized='view') }}

{# Each stream with its key of the order, and its columns of robot, pilot and merchant. #}
{% set null_text = 'cast(null as varchar(512))' %}
{% set streams = [
    ('int_order_tracker_events', 'entity_key', null_text, null_text, 'merchant_name'),
    ('int_unlock_events', 'entity_key', 'robot_id', null_text, null_text),
    ('int_app_banner_events', 'entity_key', null_text, null_text, null_text),
    ('int_error_events', 'entity_key', null_text, null_text, null_text),
    ('int_server_load_events', 'entity_key', 'robot_id', null_text, 'merchant_name'),
    ('int_server_unlock_events', 'entity_key', 'robot_id', null_text, null_text),
    ('int_ui_navigation_events', 'order_key', null_text, null_text, null_text),
    ('int_pilot_trip_events', 'order_key', 'robot_id', 'pilot_id', null_text),
    ('int_pilot_acknowledgment_events', 'order_key', 'robot_id', 'pilot_id', null_text),
] %}

-- Events without an order are included: fct_orders finds the order that an event had before by them.
{% for stream, key, robot_id, pilot_id, merchant_name in streams %}
select
    cast('{{ stream }}' as varchar(128)) as input_name,
    event_id,
    {{ key }}{{ ' as entity_key' if key != 'entity_key' }},
    cast(null as varchar(32)) as troubleshooting_session_id,
    order_id,
    {{ robot_id }}{{ ' as robot_id' if robot_id != 'robot_id' }},
    {{ pilot_id }}{{ ' as pilot_id' if pilot_id != 'pilot_id' }},
    event_name,
    {{ merchant_name }}{{ ' as merchant_name' if merchant_name != 'merchant_name' }},
    cast(case when order_id is not null then 'event' end as varchar(16)) as order_matched_by,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref(stream) }}
{%- if stream == 'int_pilot_trip_events' %}
-- int_troubleshooting_events has these events
where event_name not in ('pilot_cancel_trip', 'pilot_unable_to_cancel_trip')
{%- endif %}
union all
{% endfor %}
select
    cast('int_troubleshooting_events' as varchar(128)) as input_name,
    event_id,
    matched_order_key as entity_key,
    troubleshooting_session_id,
    matched_order_id as order_id,
    robot_id,
    pilot_id,
    event_name,
    {{ null_text }} as merchant_name,
    order_matched_by,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_troubleshooting_events') }}
-- the streams above have the events of evidence
where event_role != 'evidence'
