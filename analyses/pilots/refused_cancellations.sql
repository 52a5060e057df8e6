select
    coalesce(stated_reason, 'not given') as stated_reason,
    sum(case when outcome = 'cancelled' then 1 else 0 end) as cancelled_count,
    sum(case when outcome = 'blocked' then 1 else 0 end) as blocked_count,
    sum(case when cancelled_after_block_at is not null then 1 else 0 end) as cancelled_after_block_count,
    percentile_cont(0.5) within group (order by seconds_to_cancellation) / 60 as median_minutes_to_cancellation
from {{ ref('fct_trip_cancellations') }}
group by coalesce(stated_reason, 'not given')
order by blocked_count desc, cancelled_count desc, stated_reason asc
