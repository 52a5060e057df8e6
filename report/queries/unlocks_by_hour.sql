with

attempts as (

    select
        case when outcome in ('opened', 'opened_unverified') then 1 else 0 end as is_opened,
        -- 1 is Monday
        cast(mod(cast(extract(dow from start_date) as integer) + 6, 7) + 1 as bigint) as start_weekday,
        cast(extract(hour from started_at) as bigint) as start_hour
    from {marts}.fct_unlock_attempts
    where
        origin = 'customer'
        and outcome != 'pending'
        and start_date between {first_day} and {last_day}

)

select
    start_weekday,
    start_hour,
    count(*) as decided_count,
    sum(is_opened) as opened_count
from attempts
group by start_weekday, start_hour
order by start_weekday, start_hour
