with

attempts as (

    select
        extract(epoch from clicked_at) as clicked_second,
        extract(epoch from confirmed_at) as confirmed_second,
        extract(epoch from request_succeeded_at) as succeeded_second,
        extract(epoch from opened_at) as opened_second,
        funnel_step
    from {marts}.fct_unlock_attempts
    where
        origin = 'customer'
        and outcome != 'pending'
        and not is_clock_suspect
        and start_date between {first_day} and {last_day}

),

steps as (

    select
        cast(2 as bigint) as step_number,
        cast(confirmed_second - clicked_second as double precision) as seconds_from_click
    from attempts
    where funnel_step >= 2
    union all
    select
        cast(3 as bigint) as step_number,
        cast(succeeded_second - clicked_second as double precision) as seconds_from_click
    from attempts
    where funnel_step >= 3
    union all
    select
        cast(4 as bigint) as step_number,
        cast(opened_second - clicked_second as double precision) as seconds_from_click
    from attempts
    where funnel_step >= 4

)

select
    step_number,
    count(*) as attempt_count,
    sum(case when seconds_from_click < 0 then 1 else 0 end) as reversed_count,
    percentile_cont(0.5) within group (order by case when seconds_from_click >= 0 then seconds_from_click end) as median_seconds,
    percentile_cont(0.9) within group (order by case when seconds_from_click >= 0 then seconds_from_click end) as p90_seconds
from steps
group by step_number
order by step_number
