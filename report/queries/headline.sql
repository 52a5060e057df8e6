select
    'opened' as measure,
    sum(opened_attempt_count + opened_unverified_count) as part_count,
    sum(decided_count) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_unlock_funnel_daily
where
    origin = 'customer'
    and start_date between {first_day} and {last_day}
union all
select
    'seconds_to_open' as measure,
    cast(null as bigint) as part_count,
    count(*) as whole_count,
    cast(null as bigint) as square_sum,
    percentile_cont(0.5) within group (order by seconds_to_open) as median_seconds,
    percentile_cont(0.9) within group (order by seconds_to_open) as p90_seconds
from {marts}.fct_unlock_attempts
where
    origin = 'customer'
    and outcome != 'pending'
    and seconds_to_open is not null
    and start_date between {first_day} and {last_day}
union all
select
    'loaded_first_try' as measure,
    sum(first_try_loaded_count) as part_count,
    sum(first_try_count) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_load_success_daily
where start_date between {first_day} and {last_day}
union all
select
    'recovered' as measure,
    sum(case when outcome = 'recovered' then session_count else 0 end) as part_count,
    sum(case when outcome != 'pending' then session_count else 0 end) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_troubleshooting_outcomes_daily
where start_date between {first_day} and {last_day}
union all
select
    'contacted' as measure,
    sum(contacted_order_count) as part_count,
    sum(opened_order_count) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_support_contacts_daily
where start_date between {first_day} and {last_day}
union all
select
    'rating' as measure,
    sum(rating) as part_count,
    count(rating) as whole_count,
    sum(rating * rating) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.fct_ratings
where
    is_valid
    and start_date between {first_day} and {last_day}
