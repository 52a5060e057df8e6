-- the streams, with the keys that their events have
{% set streams = {
    'order_tracker': ['order_id'],
    'unlock': ['order_id', 'robot_id'],
    'app_banner': ['order_id'],
    'pilot_trip': ['order_id', 'robot_id', 'trip_id', 'pilot_id'],
    'pilot_troubleshooting': ['order_id', 'robot_id', 'trip_id', 'pilot_id'],
    'pilot_field_ops': ['order_id', 'robot_id', 'trip_id', 'pilot_id'],
    'pilot_acknowledgment': ['order_id', 'robot_id', 'trip_id', 'pilot_id'],
    'pilot_system': ['pilot_id'],
    'server_load': ['order_id', 'robot_id'],
    'server_unlock': ['order_id', 'robot_id'],
    'ui_navigation': ['order_id'],
    'error': ['order_id'],
} %}

with

events as (

    {% for family, keys in streams.items() %}
    select
        event_id,
        {% for key in ['order_id', 'robot_id', 'trip_id', 'pilot_id'] %}
        {{ key if key in keys else 'cast(null as varchar(512)) as ' ~ key }},
        {% endfor %}
        anonymous_id,
        event_name,
        cast('{{ family }}' as varchar(64)) as family,
        app,
        {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
        is_clock_suspect,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        occurred_at,
        received_at,
        loaded_at
    from {{ ref('int_' ~ family ~ '_events') }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select * from events
