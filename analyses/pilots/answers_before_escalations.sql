with

answers as (

    select
        step_answer,
        cast(count(*) as double precision) as step_count,
        cast(sum(case when escalated_at is not null then 1 else 0 end) as double precision) as escalated_count,
        percentile_cont(0.5) within group (order by seconds_to_escalation) / 60 as median_minutes_to_escalation
    from {{ ref('fct_troubleshooting_steps') }}
    where
        session_outcome != 'pending'
        and step_answer is not null
    group by step_answer

),

rates as (

    select
        answers.*,
        escalated_count / step_count as escalated_rate,
        -- The Wilson interval: nineteen of twenty such intervals have the true rate, also of few steps.
        (escalated_count + 1.92) / (step_count + 3.84) as centre,
        1.96 * sqrt(escalated_count * (step_count - escalated_count) / step_count + 0.96) / (step_count + 3.84) as half_width
    from answers

)

select
    step_answer,
    cast(step_count as bigint) as step_count,
    cast(escalated_count as bigint) as escalated_count,
    escalated_rate,
    centre - half_width as low_rate,
    centre + half_width as high_rate,
    median_minutes_to_escalation
from rates
order by escalated_rate desc, step_answer asc
