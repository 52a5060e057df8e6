{% set actions = [
    'pilot_reset_gps_hot', 'pilot_reset_gps_cold', 'pilot_modem_reset', 'pilot_switch_sim_backup', 'pilot_soft_reset', 'pilot_hard_reset'
] %}
{% set totals = {
    'troubleshooting_step': ['pilot_troubleshooting_step'],
    'recovery_action': actions,
    'reset_failure': ['pilot_soft_reset_fail', 'pilot_hard_reset_fail'],
    'parked_confirmation': ['pilot_confirm_bot_parked_success'],
    'missed_acknowledgment': ['pilot_failed_to_acknowledge_delivery_in_progress'],
    'field_op_request': ['pilot_requested_field_op'],
    'incident': ['pilot_incident_report'],
    'route_issue': ['pilot_route_issue'],
    'no_route': ['pilot_no_route_found'],
    'submitted_reassignment': ['pilot_submitted_reassignment'],
    'trip_cancellation': ['pilot_cancel_trip'],
    'break': ['pilot_start_break'],
} %}

with

events as (

    select
        pilot_id,
        order_id,
        robot_id,
        trip_id,
        event_name,
        case when is_clock_suspect then received_at else occurred_at end as seen_at
    from {{ ref('fct_events') }}
    where pilot_id is not null

),

pilots as (

    select
        pilot_id,
        count(*) as event_count,
        count(distinct order_id) as order_count,
        count(distinct robot_id) as robot_count,
        count(distinct trip_id) as trip_count,
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
    group by pilot_id

),

workstations as (

    select
        pilot_id,
        count(distinct workstation_id) as workstation_count
    from {{ ref('int_pilot_system_events') }}
    group by pilot_id

),

final as (

    select
        pilots.pilot_id,
        {% for total in ['event', 'order', 'robot', 'trip'] + totals | list %}
        cast(pilots.{{ total }}_count as bigint) as {{ total }}_count,
        {% endfor %}
        cast(coalesce(workstations.workstation_count, 0) as bigint) as workstation_count,
        pilots.first_seen_at,
        pilots.last_seen_at
    from pilots
    left join workstations on pilots.pilot_id = workstations.pilot_id

)

select * from final
