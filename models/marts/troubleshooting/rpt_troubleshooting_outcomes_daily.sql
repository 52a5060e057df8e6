with

sessions as (

    select *
    from {{ ref('fct_troubleshooting_sessions') }}
    where {{ is_possible_date('start_date') }}

),

days as (

    select
        start_date,
        sum(case when outcome != 'pending' then 1 else 0 end) as decided_count
    from sessions
    group by start_date

),

outcomes as (

    select
        start_date,
        outcome,
        count(*) as session_count
    from sessions
    group by start_date, outcome

),

durations as (

    select
        start_date,
        outcome,
        percentile_cont(0.5) within group (order by seconds_to_last_step) as p50_seconds_to_last_step,
        percentile_cont(0.9) within group (order by seconds_to_last_step) as p90_seconds_to_last_step
    from sessions
    group by start_date, outcome

),

final as (

    select
        outcomes.start_date,
        outcomes.outcome,
        cast(outcomes.session_count as bigint) as session_count,
        cast(days.decided_count as bigint) as decided_count,
        case
            when outcomes.outcome != 'pending'
                then cast(outcomes.session_count as double precision) / nullif(days.decided_count, 0)
        end as outcome_rate,
        cast(durations.p50_seconds_to_last_step as double precision) as p50_seconds_to_last_step,
        cast(durations.p90_seconds_to_last_step as double precision) as p90_seconds_to_last_step
    from outcomes
    inner join days on outcomes.start_date = days.start_date
    inner join durations
        on
            outcomes.start_date = durations.start_date
            and outcomes.outcome = durations.outcome

)

select * from final
