{# Lookback in minutes of an event: to its session, to the session that it is evidence for, to the action that failed. #}
{% set reach = [
    var('troubleshooting_gap_minutes'),
    var('troubleshooting_session_id_hours') | int * 60,
    var('escalation_window_minutes'),
    var('recovery_window_minutes'),
    var('action_fail_minutes'),
] | map('int') | max %}
{% set lookback = [reach, var('order_under_way_hours') | int * 60] | max %}

{{ config(
    sort=['occurred_at'],
    meta={'recompute_since': true, 'session_gap': {'minutes': reach, 'started_at': 'history_started_at'}},
) }}

-- events without a time come last, so that windows of other events do not include them
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = 'reported_id, order_id, trip_id, pilot_id, stated_reason, mobile_carrier, signal_strength, is_clock_suspect' %}
{% set in_order = 'order by occurred_at nulls last, role_rank, rung_number, event_name, ' ~ values
    ~ ', event_id rows between unbounded preceding and ' %}
{% set before = 'partition by entity_key ' ~ in_order ~ '1 preceding' %}
{% set before_of_action = 'partition by entity_key, action ' ~ in_order ~ '1 preceding' %}
{% set so_far = 'partition by entity_key ' ~ in_order ~ 'current row' %}

with

-- No row depends on a later event. An increment begins where a session began. The lookback before that gives ids and loads that
-- still count, and no rows.
events as (

    select
        inputs.*,
        reported_troubleshooting_session_id as reported_id
    from {{ events_to_recompute(ref('int_troubleshooting_inputs'), lookback) }}

),

named as (

    select
        events.*,
        {{ event_key() }} as event_key,
        cast(split_part(entity_key, ':', 1) as varchar(16)) as entity_type,
        cast(case event_name
            when 'pilot_troubleshooting_step' then 'step'
            when 'pilot_hard_reset_fail' then 'action_fail'
            when 'pilot_soft_reset_fail' then 'action_fail'
            when 'pilot_requested_field_op' then 'field_op_request'
            when 'pilot_initiated_reassignment' then 'reassignment_start'
            when 'pilot_submitted_reassignment' then 'reassignment'
            when 'pilot_incident_report' then 'incident'
            when 'pilot_cancel_trip' then 'cancellation'
            when 'pilot_unable_to_cancel_trip' then 'cancellation_block'
            when 'pilot_route_issue' then 'route_issue'
            when 'pilot_no_route_found' then 'no_route_found'
            when 'pilot_confirm_bot_parked_success' then 'parked'
            when 'server_load_order_success' then 'loaded'
            when 'server_unlock_bot_open_lid_success' then 'opened'
            else 'action'
        end as varchar(32)) as event_kind,
        cast(case event_name
            when 'pilot_reset_gps_hot' then 'gps_hot'
            when 'pilot_reset_gps_cold' then 'gps_cold'
            when 'pilot_modem_reset' then 'modem_reset'
            when 'pilot_switch_sim_backup' then 'sim_switch'
            when 'pilot_soft_reset' then 'soft_reset'
            when 'pilot_soft_reset_fail' then 'soft_reset'
            when 'pilot_hard_reset' then 'hard_reset'
            when 'pilot_hard_reset_fail' then 'hard_reset'
        end as varchar(16)) as action
    from events

),

-- kind of each event, and its rank among simultaneous events
described as (

    select
        named.*,
        cast(case
            when event_kind in ('step', 'action', 'action_fail') then 'session'
            when event_kind in ('route_issue', 'no_route_found') then 'report'
            when event_kind in ('parked', 'loaded', 'opened') then 'evidence'
            else 'escalation'
        end as varchar(16)) as event_role,
        case
            when event_kind in ('step', 'action') then 0
            when event_kind = 'action_fail' then 1
            when event_kind in ('parked', 'loaded', 'opened') then 3
            else 2
        end as role_rank,
        -- by increasing severity
        case
            when event_kind = 'step' then 1
            when action = 'gps_hot' then 2
            when action = 'gps_cold' then 3
            when action = 'modem_reset' then 4
            when action = 'sim_switch' then 5
            when action = 'soft_reset' then 6
            when action = 'hard_reset' then 7
        end as rung_number
    from named

),

-- number of events before each, and times of the last ones by kind
looking_back as (

    select
        described.*,
        1 + count(*) over ({{ before }}) as event_position,
        max(case when event_role = 'session' then occurred_at end) over ({{ before }}) as last_session_at,
        max(case when reported_id is not null then occurred_at end) over ({{ before }}) as last_reported_at,
        max(case when event_kind = 'loaded' then occurred_at end) over ({{ before }}) as last_loaded_at
    from described

),

judged as (

    select
        looking_back.*,
        event_role = 'session'
        and coalesce(
            occurred_at > {{ timestamp_add('minute', var('troubleshooting_gap_minutes'), 'last_session_at') }},
            true
        ) as is_after_gap
    from looking_back

),

-- last session id, last loaded order and position of the last opened lid before each event
looking_back_at_what as (

    select
        judged.*,
        max(case when is_after_gap then event_position end) over ({{ so_far }}) as chain_position,
        max({{ pack('event_position', 'reported_id') }}) over ({{ before }}) as last_reported,
        max(case when event_kind = 'loaded' then {{ pack('event_position', "coalesce(order_id, '')") }} end)
            over ({{ before }}) as last_loaded,
        max(case when event_kind = 'opened' then event_position end) over ({{ before }}) as last_opened_position
    from judged

),

-- An id that is new in the chain begins a session, the last id continues the current session; for all other events the gap
-- decides.
beginnings as (

    select
        looking_back_at_what.*,
        case
            when event_role != 'session' then false
            when
                reported_id != {{ unpack('last_reported') }}
                and {{ unpack_position('last_reported') }} >= chain_position
                then true
            when
                reported_id = {{ unpack('last_reported') }}
                and occurred_at
                <= {{ timestamp_add('hour', var('troubleshooting_session_id_hours'), 'last_reported_at') }}
                then false
            else is_after_gap
        end as begins_session
    from looking_back_at_what

),

placed as (

    select
        beginnings.*,
        max(case when begins_session then {{ pack('event_position', 'event_key') }} end) over ({{ so_far }}) as beginning,
        max(case when begins_session then occurred_at end) over ({{ so_far }}) as session_started_at,
        max(case when begins_session and is_after_gap then occurred_at end) over ({{ so_far }}) as history_started_at,
        max(case when event_kind = 'action' then occurred_at end) over ({{ before_of_action }}) as last_same_action_at,
        max(case when event_kind = 'action' then {{ pack('event_position', 'event_key') }} end)
            over ({{ before_of_action }}) as last_same_action
    from beginnings

),

matched as (

    select
        placed.*,
        case
            when entity_type = 'none' or occurred_at is null then false
            when event_role = 'session' then true
            when event_role = 'evidence' then false
            else coalesce(
                occurred_at <= {{ timestamp_add('minute', var('escalation_window_minutes'), 'last_session_at') }},
                false
            )
        end as is_in_session,
        case
            when last_opened_position > {{ unpack_position('last_loaded') }} then null
            when occurred_at <= {{ timestamp_add('hour', var('order_under_way_hours'), 'last_loaded_at') }}
                then nullif({{ unpack('last_loaded') }}, '')
        end as order_under_way_id,
        case
            when entity_type = 'none' or occurred_at is null then null
            when event_kind = 'action' then event_key
            when event_kind != 'action_fail' then null
            when occurred_at <= {{ timestamp_add('minute', var('action_fail_minutes'), 'last_same_action_at') }}
                then {{ unpack('last_same_action', 'varchar(32)') }}
            else event_key
        end as recovery_action_id
    from placed

),

with_sessions as (

    select
        event_id,
        entity_key,
        case when is_in_session then {{ unpack('beginning', 'varchar(32)') }} end as troubleshooting_session_id,
        recovery_action_id,
        reported_id,
        order_id,
        order_under_way_id,
        robot_id,
        trip_id,
        pilot_id,
        event_name,
        event_role,
        event_kind,
        action,
        entity_type,
        cast(case
            when event_role = 'evidence' then null
            when entity_type = 'none' then 'no_entity'
            when occurred_at is null then 'no_time'
            when not is_in_session then 'no_session'
        end as varchar(16)) as unmatched_reason,
        stated_reason,
        stated_severity,
        mobile_carrier,
        signal_strength,
        case when is_in_session then event_position - {{ unpack_position('beginning') }} + 1 end as session_event_number,
        rung_number,
        is_blocking,
        is_clock_suspect,
        occurred_at,
        case when is_in_session then session_started_at end as session_started_at,
        case when is_in_session then history_started_at end as history_started_at,
        recompute_from
    from matched

),

with_orders as (

    select
        with_sessions.*,
        case when event_role != 'evidence' then coalesce(order_id, order_under_way_id) end as matched_order_id
    from with_sessions
    where coalesce(occurred_at, {{ latest_time() }}) >= recompute_from

),

final as (

    select
        event_id,
        entity_key,
        cast(troubleshooting_session_id as varchar(32)) as troubleshooting_session_id,
        cast(recovery_action_id as varchar(32)) as recovery_action_id,
        reported_id as reported_troubleshooting_session_id,
        order_id,
        cast(matched_order_id as varchar(512)) as matched_order_id,
        cast(coalesce('order:' || matched_order_id, 'none:' || {{ event_key() }}) as varchar(600)) as matched_order_key,
        robot_id,
        trip_id,
        pilot_id,
        event_name,
        event_role,
        event_kind,
        action,
        entity_type,
        unmatched_reason,
        cast(case
            when matched_order_id is null then null
            when order_id is not null then 'event'
            else 'robot_and_time'
        end as varchar(16)) as order_matched_by,
        stated_reason,
        stated_severity,
        mobile_carrier,
        signal_strength,
        cast(session_event_number as bigint) as session_event_number,
        cast(rung_number as bigint) as rung_number,
        is_blocking,
        is_clock_suspect,
        occurred_at,
        session_started_at,
        history_started_at
    from with_orders

)

select
    {{ written_at() }} as written_at,
    final.*
from final
