-- Conservation: the sessions, actions, reports and cancellations of int_troubleshooting_events are in their facts, each once; and
-- the sessions count as many actions and failed actions as fct_recovery_actions has.

with

placed as (

    select
        count(distinct troubleshooting_session_id) as session_count,
        count(distinct recovery_action_id) as action_count,
        sum(case
            when troubleshooting_session_id is null then 0
            when event_role = 'escalation' and event_kind != 'cancellation_block' then 1
            else 0
        end) as escalation_count,
        sum(case when event_kind = 'step' and troubleshooting_session_id is not null then 1 else 0 end) as step_count,
        sum(case when event_kind = 'action_fail' and recovery_action_id is not null then 1 else 0 end) as fail_count,
        sum(case when event_kind in ('field_op_request', 'incident', 'route_issue', 'no_route_found') then 1 else 0 end)
            as report_count,
        sum(case when event_kind in ('cancellation', 'cancellation_block') then 1 else 0 end) as cancellation_count
    from {{ ref('int_troubleshooting_events') }}

),

sessions as (

    select
        count(*) as session_count,
        sum(step_count) as step_count,
        sum(action_count) as action_count,
        sum(failed_action_count) as failed_action_count,
        sum(escalation_count) as escalation_count
    from {{ ref('fct_troubleshooting_sessions') }}

),

actions as (

    select
        count(*) as action_count,
        sum(fail_count) as fail_count,
        sum(case when outcome = 'failed' then 1 else 0 end) as failed_action_count
    from {{ ref('fct_recovery_actions') }}

),

reports as (

    select count(*) as report_count
    from {{ ref('fct_pilot_reports') }}

),

cancellations as (

    select count(*) as cancellation_count
    from {{ ref('fct_trip_cancellations') }}

)

select placed.*
from placed
cross join sessions
cross join actions
cross join reports
cross join cancellations
where
    placed.session_count != sessions.session_count
    or placed.action_count != actions.action_count
    or placed.step_count != sessions.step_count
    or placed.escalation_count != sessions.escalation_count
    or placed.fail_count != actions.fail_count
    or placed.report_count != reports.report_count
    or placed.cancellation_count != cancellations.cancellation_count
    or sessions.action_count != actions.action_count
    or sessions.failed_action_count != actions.failed_action_count
