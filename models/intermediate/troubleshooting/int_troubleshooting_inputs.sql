{{ config(materialized='view') }}

{% set null_text, null_boolean = 'cast(null as varchar(512))', 'cast(null as boolean)' %}
{% set null_signal = 'cast(null as double precision)' %}

select
    cast('int_pilot_troubleshooting_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    trip_id,
    pilot_id,
    reported_troubleshooting_session_id,
    event_name,
    cast(coalesce(problem_category, reset_reason, error_code) as varchar(512)) as stated_reason,
    {{ null_text }} as stated_severity,
    mobile_carrier,
    signal_strength,
    {{ null_boolean }} as is_blocking,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_pilot_troubleshooting_events') }}
union all
select
    cast('int_pilot_field_ops_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    trip_id,
    pilot_id,
    {{ null_text }} as reported_troubleshooting_session_id,
    event_name,
    cast(coalesce(issue_type, incident_type, reassignment_reason, error_code) as varchar(512)) as stated_reason,
    cast(coalesce(request_priority, incident_severity) as varchar(512)) as stated_severity,
    {{ null_text }} as mobile_carrier,
    {{ null_signal }} as signal_strength,
    is_blocking,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_pilot_field_ops_events') }}
union all
select
    cast('int_pilot_trip_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    trip_id,
    pilot_id,
    {{ null_text }} as reported_troubleshooting_session_id,
    event_name,
    cast(coalesce(cancellation_reason, cancellation_block_reason, error_code) as varchar(512)) as stated_reason,
    {{ null_text }} as stated_severity,
    {{ null_text }} as mobile_carrier,
    {{ null_signal }} as signal_strength,
    {{ null_boolean }} as is_blocking,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_pilot_trip_events') }}
where event_name in ('pilot_cancel_trip', 'pilot_unable_to_cancel_trip')
union all
-- evidence of recovery
select
    cast('int_pilot_acknowledgment_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    trip_id,
    pilot_id,
    {{ null_text }} as reported_troubleshooting_session_id,
    event_name,
    {{ null_text }} as stated_reason,
    {{ null_text }} as stated_severity,
    {{ null_text }} as mobile_carrier,
    {{ null_signal }} as signal_strength,
    {{ null_boolean }} as is_blocking,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_pilot_acknowledgment_events') }}
where event_name = 'pilot_confirm_bot_parked_success'
{% for stream, event_name in [
    ('int_server_load_events', 'server_load_order_success'),
    ('int_server_unlock_events', 'server_unlock_bot_open_lid_success'),
] %}
union all
select
    cast('{{ stream }}' as varchar(128)) as input_name,
    event_id,
    robot_key as entity_key,
    order_id,
    robot_id,
    {{ null_text }} as trip_id,
    {{ null_text }} as pilot_id,
    {{ null_text }} as reported_troubleshooting_session_id,
    event_name,
    {{ null_text }} as stated_reason,
    {{ null_text }} as stated_severity,
    {{ null_text }} as mobile_carrier,
    {{ null_signal }} as signal_strength,
    {{ null_boolean }} as is_blocking,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref(stream) }}
where event_name = '{{ event_name }}'
{% endfor %}
