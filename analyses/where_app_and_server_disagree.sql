-- How often do the outcomes of the customer path and of the server path differ?
-- `customer_failed_server_ok` means that the customer saw a failure although the lid was open.

select
    date_trunc('week', cast(start_date as timestamp)) as start_week,
    sum(case when agreement = 'agree' then 1 else 0 end) as agree_count,
    sum(case when agreement = 'customer_ok_server_failed' then 1 else 0 end) as customer_ok_server_failed_count,
    sum(case when agreement = 'customer_failed_server_ok' then 1 else 0 end) as customer_failed_server_ok_count
from {{ ref('fct_unlock_attempts') }}
where origin = 'customer'
group by date_trunc('week', cast(start_date as timestamp))
order by start_week
