with

attempts as (

    select
        start_date,
        floor(start_hour / 4.0) * 4 as from_hour,
        case when outcome in ('opened', 'opened_unverified') then 1 else 0 end as has_opened
    from {{ ref('fct_unlock_attempts') }}
    where
        origin = 'customer'
        and outcome != 'pending'

)

select
    dates.day_name,
    cast(attempts.from_hour as bigint) as from_hour,
    cast(attempts.from_hour + 4 as bigint) as to_hour,
    count(*) as decided_count,
    cast(sum(attempts.has_opened) as double precision) / count(*) as success_rate
from attempts
inner join {{ ref('dim_date') }} as dates on attempts.start_date = dates.date_day
group by dates.day_name, dates.day_of_week, attempts.from_hour
having count(*) >= 20
order by success_rate asc, dates.day_of_week asc, attempts.from_hour asc
