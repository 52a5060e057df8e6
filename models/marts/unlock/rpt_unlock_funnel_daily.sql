with

attempts as (

    select *
    from {{ ref('fct_unlock_attempts') }}
    where {{ is_possible_date('start_date') }}

),

outcomes as (

    select
        start_date,
        origin,
        count(*) as attempt_count,
        sum(case when outcome = 'pending' then 1 else 0 end) as pending_count,
        sum(case when outcome != 'pending' then 1 else 0 end) as decided_count,
        sum(case when outcome = 'opened' then 1 else 0 end) as opened_attempt_count,
        sum(case when outcome = 'opened_unverified' then 1 else 0 end) as opened_unverified_count,
        sum(case when outcome = 'failed' then 1 else 0 end) as failed_count,
        sum(case when outcome = 'abandoned' then 1 else 0 end) as abandoned_count,
        sum(case when had_failure then 1 else 0 end) as had_failure_count
    from attempts
    group by start_date, origin

),

funnel as (

    select
        start_date,
        origin,
        {% for step in ['clicked', 'confirmed', 'succeeded', 'opened'] %}
        sum(case when funnel_step >= {{ loop.index }} then 1 else 0 end) as {{ step }}_count,
        sum(case when strict_funnel_step >= {{ loop.index }} then 1 else 0 end) as strict_{{ step }}_count,
        count(distinct case when funnel_step >= {{ loop.index }} then order_id end) as {{ step }}_order_count
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from attempts
    where outcome != 'pending'
    group by start_date, origin

),

durations as (

    select
        start_date,
        origin,
        percentile_cont(0.5) within group (order by seconds_to_open) as p50_seconds_to_open,
        percentile_cont(0.9) within group (order by seconds_to_open) as p90_seconds_to_open
    from attempts
    where
        outcome != 'pending'
        and seconds_to_open is not null
    group by start_date, origin

),

final as (

    select
        outcomes.start_date,
        outcomes.origin,
        cast(outcomes.attempt_count as bigint) as attempt_count,
        cast(outcomes.pending_count as bigint) as pending_count,
        cast(outcomes.decided_count as bigint) as decided_count,
        cast(outcomes.opened_attempt_count as bigint) as opened_attempt_count,
        cast(outcomes.opened_unverified_count as bigint) as opened_unverified_count,
        cast(outcomes.failed_count as bigint) as failed_count,
        cast(outcomes.abandoned_count as bigint) as abandoned_count,
        cast(outcomes.had_failure_count as bigint) as had_failure_count,
        {%- for step in ['clicked', 'confirmed', 'succeeded', 'opened'] %}
        cast(coalesce(funnel.{{ step }}_count, 0) as bigint) as {{ step }}_count,
        {%- endfor %}
        {%- for step in ['clicked', 'confirmed', 'succeeded', 'opened'] %}
        cast(coalesce(funnel.strict_{{ step }}_count, 0) as bigint) as strict_{{ step }}_count,
        {%- endfor %}
        {%- for step in ['clicked', 'confirmed', 'succeeded', 'opened'] %}
        cast(coalesce(funnel.{{ step }}_order_count, 0) as bigint) as {{ step }}_order_count,
        {%- endfor %}
        cast(outcomes.opened_attempt_count + outcomes.opened_unverified_count as double precision)
        / nullif(outcomes.decided_count, 0) as success_rate,
        cast(funnel.opened_count as double precision) / nullif(funnel.clicked_count, 0) as opened_rate,
        cast(durations.p50_seconds_to_open as double precision) as p50_seconds_to_open,
        cast(durations.p90_seconds_to_open as double precision) as p90_seconds_to_open
    from outcomes
    left join funnel
        on
            outcomes.start_date = funnel.start_date
            and outcomes.origin = funnel.origin
    left join durations
        on
            outcomes.start_date = durations.start_date
            and outcomes.origin = durations.origin

)

select * from final
