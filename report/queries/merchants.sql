select
    merchant_name,
    sum(first_try_count) as first_try_count,
    sum(first_try_loaded_count) as first_try_loaded_count
from {marts}.rpt_load_success_daily
where start_date between {first_day} and {last_day}
group by merchant_name
having sum(first_try_count) > 0
order by merchant_name
