select
    sum(clicked_count) as clicked_count,
    sum(confirmed_count) as confirmed_count,
    sum(succeeded_count) as succeeded_count,
    sum(opened_count) as opened_count
from {marts}.rpt_unlock_funnel_daily
where
    origin = 'customer'
    and start_date between {first_day} and {last_day}
