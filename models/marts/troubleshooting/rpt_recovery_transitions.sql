with

transitions as (

    select
        action,
        coalesce(next_action, outcome) as followed_by,
        case when next_action is null then 1 else 0 end as is_last
    from {{ ref('fct_recovery_actions') }}

),

counted as (

    select
        action,
        followed_by,
        max(is_last) as is_last,
        count(*) as transition_count
    from transitions
    group by action, followed_by

),

totals as (

    select
        action,
        sum(case when followed_by != 'pending' then transition_count else 0 end) as decided_count
    from counted
    group by action

),

final as (

    select
        cast(counted.action as varchar(16)) as action,
        cast(counted.followed_by as varchar(32)) as followed_by,
        cast(counted.transition_count as bigint) as transition_count,
        cast(totals.decided_count as bigint) as decided_count,
        case
            when counted.followed_by != 'pending'
                then cast(counted.transition_count as double precision) / nullif(totals.decided_count, 0)
        end as transition_rate,
        counted.is_last = 1 as is_last_action
    from counted
    inner join totals on counted.action = totals.action

)

select * from final
