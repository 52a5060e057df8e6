-- Conservation: the days of an event in rpt_event_quality_daily have as many events as its stream.

with

streamed as (

    select
        event_name,
        count(*) as event_count
    from {{ ref('fct_events') }}
    group by event_name

),

reported as (

    select
        event_name,
        sum(event_count) as event_count
    from {{ ref('rpt_event_quality_daily') }}
    group by event_name

)

select
    coalesce(streamed.event_name, reported.event_name) as event_name,
    streamed.event_count as streamed_count,
    reported.event_count as reported_count
from streamed
full outer join reported on streamed.event_name = reported.event_name
where coalesce(streamed.event_count, 0) <> coalesce(reported.event_count, 0)
