with

attempts as (

    select
        seconds_to_confirm,
        -- whole seconds on each warehouse; the fact has no such column
        86400 * (cast(request_succeeded_at as date) - cast(clicked_at as date))
        + 3600 * (extract(hour from request_succeeded_at) - extract(hour from clicked_at))
        + 60 * (extract(minute from request_succeeded_at) - extract(minute from clicked_at))
        + floor(extract(second from request_succeeded_at)) - floor(extract(second from clicked_at)) as seconds_to_succeed,
        seconds_to_open,
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
        cast(seconds_to_confirm as bigint) as seconds_from_click
    from attempts
    where funnel_step >= 2
    union all
    select
        cast(3 as bigint) as step_number,
        cast(seconds_to_succeed as bigint) as seconds_from_click
    from attempts
    where funnel_step >= 3
    union all
    select
        cast(4 as bigint) as step_number,
        cast(seconds_to_open as bigint) as seconds_from_click
    from attempts
    where funnel_step >= 4

)

select
    step_number,
    sum(case when seconds_from_click >= 0 then 0 else 1 end) as reversed_count,
    percentile_cont(0.5) within group (order by case when seconds_from_click >= 0 then seconds_from_click end)
        as median_seconds,
    percentile_cont(0.9) within group (order by case when seconds_from_click >= 0 then seconds_from_click end)
        as p90_seconds
from steps
group by step_number
order by step_number
