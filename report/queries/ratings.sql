with

orders as (

    select
        rating,
        case
            when is_trip_cancelled then 'trip cancelled'
            when is_reassigned then 'reassigned'
            when escalation_count > 0 then 'escalated'
            when troubleshooting_session_count > 0 then 'troubleshooting'
            when unlock_attempt_count > 1 then 'several unlock tries'
            else 'no trouble'
        end as trouble
    from {marts}.fct_orders
    where
        rating is not null
        and start_date between {first_day} and {last_day}

)

select
    trouble,
    rating,
    count(*) as order_count
from orders
group by trouble, rating
order by trouble, rating
