{% set actions = [
    'pilot_reset_gps_hot', 'pilot_reset_gps_cold', 'pilot_modem_reset', 'pilot_switch_sim_backup', 'pilot_soft_reset', 'pilot_hard_reset'
] %}
{% set totals = {
    'load': ['server_load_order_success'],
    'load_error': ['server_load_order_error'],
    'lid_open': ['server_unlock_bot_open_lid_success'],
    'lid_open_error': ['server_unlock_bot_open_lid_error'],
    'unlock_error': ['server_unlock_bot_error'],
    'troubleshooting_step': ['pilot_troubleshooting_step'],
    'recovery_action': actions,
    'reset_failure': ['pilot_soft_reset_fail', 'pilot_hard_reset_fail'],
    'parked_confirmation': ['pilot_confirm_bot_parked_success'],
    'field_op_request': ['pilot_requested_field_op'],
    'incident': ['pilot_incident_report'],
    'route_issue': ['pilot_route_issue'],
    'no_route': ['pilot_no_route_found'],
    'submitted_reassignment': ['pilot_submitted_reassignment'],
    'trip_cancellation': ['pilot_cancel_trip'],
} %}

with

events as (

    select
        robot_id,
        order_id,
        trip_id,
        pilot_id,
        event_name,
        case when is_clock_suspect then received_at else occurred_at end as seen_at
    from {{ ref('fct_events') }}
    where robot_id is not null

),

robots as (

    select
        robot_id,
        count(*) as event_count,
        count(distinct order_id) as order_count,
        count(distinct trip_id) as trip_count,
        count(distinct pilot_id) as pilot_count,
        {% for total, event_names in totals.items() %}
        sum(
            case
                when event_name in (
                    {% for event_name in event_names %}
                    '{{ event_name }}'{{ ',' if not loop.last }}
                    {% endfor %}
                ) then 1
                else 0
            end
        ) as {{ total }}_count,
        {% endfor %}
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from events
    group by robot_id

),

final as (

    select
        robot_id,
        {% for total in ['event', 'order', 'trip', 'pilot'] + totals | list %}
        cast({{ total }}_count as bigint) as {{ total }}_count,
        {% endfor %}
        first_seen_at,
        last_seen_at
    from robots

)

select * from final
