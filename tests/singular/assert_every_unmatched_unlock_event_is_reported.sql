-- Conservation: the events of the unlock domain without an attempt are those in rpt_unmatched_events, one to one.

with

unmatched as (

    select
        event_name,
        event_id
    from {{ ref('int_unlock_attempt_events') }}
    where unmatched_reason is not null

),

reported as (

    select
        event_name,
        event_id
    from {{ ref('rpt_unmatched_events') }}
    where domain_name = 'unlock'

)

select
    coalesce(unmatched.event_name, reported.event_name) as event_name,
    coalesce(unmatched.event_id, reported.event_id) as event_id
from unmatched
full outer join reported
    on
        unmatched.event_name = reported.event_name
        and unmatched.event_id = reported.event_id
where
    unmatched.event_id is null
    or reported.event_id is null
