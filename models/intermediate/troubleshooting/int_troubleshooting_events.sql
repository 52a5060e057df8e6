{# Minutes by which an event can reach back: to its session, to the session whose recovery it shows, to the action that failed. #}
{% set reach = [
    var('troubleshooting_gap_minutes'),
    var('troubleshooting_session_id_hours') * 60,
    var('escalation_window_minutes'),
    var('recovery_window_minutes'),
    var('action_fail_minutes'),
] | max %}
{% set lead = [reach, var('order_under_way_hours') * 60] | max %}

{{ config(
    incremental_strategy='replace_entities',
    unique_key=['event_name', 'event_id'],
    meta={'recomputed_since': 'occurred_at', 'quiet': {'minutes': reach, 'began_at': 'history_started_at'}},
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)", "coalesce(occurred_at, cast('9999-12-31' as timestamp))"]},
        {'columns': ["hashtextextended(event_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        {
            'int_pilot_troubleshooting_events': 'entity_key',
            'int_pilot_field_ops_events': 'entity_key',
            'int_pilot_trip_events':
                'case when event_name in (\\'pilot_cancel_trip\\', \\'pilot_unable_to_cancel_trip\\') then entity_key end',
            'int_pilot_acknowledgment_events': 'case when event_name = \\'pilot_confirm_bot_parked_success\\' then entity_key end',
            'int_server_load_events': 'case when event_name = \\'server_load_order_success\\' then robot_key end',
            'int_server_unlock_events': 'case when event_name = \\'server_unlock_bot_open_lid_success\\' then robot_key end',
        },
        happened_at='occurred_at',
    ) }}",
) }}

-- events without a time come last, so that none with a time looks back at them
{% set in_order = 'order by occurred_at nulls last, role_rank, event_id, event_name rows between unbounded preceding and ' %}
{% set before = 'partition by entity_key ' ~ in_order ~ '1 preceding' %}
{% set before_of_action = 'partition by entity_key, action ' ~ in_order ~ '1 preceding' %}
{% set so_far = 'partition by entity_key ' ~ in_order ~ 'current row' %}
{% set position = "lpad(cast(event_position as varchar(10)), 10, '0')" %}

{# What is read: stream, key of the entity, events (none: all), trip, session id, reason, severity, whether it blocks. #}
{% set null_text, null_boolean = 'cast(null as varchar(512))', 'cast(null as boolean)' %}
{% set streams = [
    (
        'int_pilot_troubleshooting_events', 'entity_key', [], 'told.trip_id', 'told.reported_troubleshooting_session_id',
        'coalesce(told.problem_category, told.reset_reason, told.error_code)', null_text, null_boolean,
    ),
    (
        'int_pilot_field_ops_events', 'entity_key', [], 'told.trip_id', null_text,
        'coalesce(told.issue_type, told.incident_type, told.reassignment_reason, told.error_code)',
        'coalesce(told.request_priority, told.incident_severity)', 'told.is_blocking',
    ),
    (
        'int_pilot_trip_events', 'entity_key', ['pilot_cancel_trip', 'pilot_unable_to_cancel_trip'], 'told.trip_id', null_text,
        'coalesce(told.cancellation_reason, told.cancellation_block_reason, told.error_code)', null_text, null_boolean,
    ),
    (
        'int_pilot_acknowledgment_events', 'entity_key', ['pilot_confirm_bot_parked_success'], 'told.trip_id', null_text,
        null_text, null_text, null_boolean,
    ),
    (
        'int_server_load_events', 'robot_key', ['server_load_order_success'], null_text, null_text,
        null_text, null_text, null_boolean,
    ),
    (
        'int_server_unlock_events', 'robot_key', ['server_unlock_bot_open_lid_success'], null_text, null_text,
        null_text, null_text, null_boolean,
    ),
] %}

with

-- No row depends on a later event. An increment begins where a history began; the lead before that tells the ids and the loads
-- which still count, and gives no rows.
events as (

    {% for stream, key, event_names, trip_id, reported_id, stated_reason, stated_severity, is_blocking in streams %}
    select
        told.event_id,
        told.{{ key }}{{ ' as entity_key' if key != 'entity_key' }},
        told.order_id,
        told.robot_id,
        {{ trip_id }} as trip_id,
        {{ trip_id | replace('trip', 'pilot') }} as pilot_id,
        {{ reported_id }} as reported_id,
        told.event_name,
        {{ stated_reason }} as stated_reason,
        {{ stated_severity }} as stated_severity,
        {{ is_blocking }} as is_blocking,
        told.is_clock_suspect,
        told.occurred_at,
        {{ touched_from() }} as touched_from
    from {{ ref(stream) }} as told
    {{ join_news('told', key=key, lead=lead) }}
    {%- if event_names %}
    where told.event_name in ('{{ event_names | join("', '") }}')
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'robot_id', 'trip_id', 'pilot_id', 'reported_troubleshooting_session_id', 'event_name',
        'stated_reason', 'stated_severity', 'is_blocking', 'is_clock_suspect', 'occurred_at',
    ], lead=lead) }}

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

-- what an event is for a session, and where it stands among events of the same instant
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
        -- the ladder of recovery, from the mildest to the harshest
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

-- how many events are before each, and when the last of a kind was
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
            occurred_at > {{ dbt.dateadd('minute', var('troubleshooting_gap_minutes'), 'last_session_at') | trim }},
            true
        ) as is_after_gap
    from looking_back

),

-- what was last: its position, ten digits wide, and a text behind it, as one text that grows with the position
looking_back_at_what as (

    select
        judged.*,
        max(case when is_after_gap then event_position end) over ({{ so_far }}) as chain_position,
        max(case when reported_id is not null then {{ position }} || reported_id end) over ({{ before }}) as last_reported,
        max(case when event_kind = 'loaded' then {{ position }} || coalesce(order_id, '') end) over ({{ before }}) as last_loaded,
        max(case when event_kind = 'opened' then {{ position }} end) over ({{ before }}) as last_opened
    from judged

),

-- An id that is new to the chain begins a session, the last one goes on with its session; everything else goes by the gap.
beginnings as (

    select
        looking_back_at_what.*,
        case
            when event_role != 'session' then false
            when
                reported_id != substring(last_reported, 11, 512)
                and cast(substring(last_reported, 1, 10) as bigint) >= chain_position
                then true
            when
                reported_id = substring(last_reported, 11, 512)
                and occurred_at
                <= {{ dbt.dateadd('hour', var('troubleshooting_session_id_hours'), 'last_reported_at') | trim }}
                then false
            else is_after_gap
        end as begins_session
    from looking_back_at_what

),

placed as (

    select
        beginnings.*,
        max(case when begins_session then {{ position }} || event_key end) over ({{ so_far }}) as beginning,
        max(case when begins_session then occurred_at end) over ({{ so_far }}) as session_started_at,
        max(case when begins_session and is_after_gap then occurred_at end) over ({{ so_far }}) as history_started_at,
        max(case when event_kind = 'action' then occurred_at end) over ({{ before_of_action }}) as last_same_action_at,
        max(case when event_kind = 'action' then {{ position }} || event_key end)
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
                occurred_at <= {{ dbt.dateadd('minute', var('escalation_window_minutes'), 'last_session_at') | trim }},
                false
            )
        end as is_in_session,
        case
            when event_role = 'evidence' or order_id is not null or last_opened > substring(last_loaded, 1, 10) then null
            when occurred_at <= {{ dbt.dateadd('hour', var('order_under_way_hours'), 'last_loaded_at') | trim }}
                then nullif(substring(last_loaded, 11, 512), '')
        end as order_under_way_id,
        case
            when entity_type = 'none' or occurred_at is null then null
            when event_kind = 'action' then event_key
            when event_kind != 'action_fail' then null
            when occurred_at <= {{ dbt.dateadd('minute', var('action_fail_minutes'), 'last_same_action_at') | trim }}
                then substring(last_same_action, 11, 32)
            else event_key
        end as recovery_action_id
    from placed

),

with_sessions as (

    select
        event_id,
        entity_key,
        case when is_in_session then substring(beginning, 11, 32) end as troubleshooting_session_id,
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
        case when is_in_session then event_position - cast(substring(beginning, 1, 10) as bigint) + 1 end as session_event_number,
        rung_number,
        is_blocking,
        is_clock_suspect,
        occurred_at,
        case when is_in_session then session_started_at end as session_started_at,
        case when is_in_session then history_started_at end as history_started_at,
        touched_from
    from matched

),

with_orders as (

    select
        with_sessions.*,
        case when event_role != 'evidence' then coalesce(order_id, order_under_way_id) end as matched_order_id
    from with_sessions
    where coalesce(occurred_at, {{ no_time() }}) >= touched_from

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
    {{ written_at() }} as staged_at,
    final.*
from final
