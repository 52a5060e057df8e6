select
    cast('opened' as varchar(32)) as measure,
    cast(sum(opened_attempt_count + opened_unverified_count) as bigint) as part_count,
    cast(sum(decided_count) as bigint) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_unlock_funnel_daily
where
    origin = 'customer'
    and start_date between {first_day} and {last_day}
union all
select
    cast('seconds_to_open' as varchar(32)) as measure,
    cast(null as bigint) as part_count,
    cast(count(*) as bigint) as whole_count,
    cast(null as bigint) as square_sum,
    cast(percentile_cont(0.5) within group (order by seconds_to_open) as double precision) as median_seconds,
    cast(percentile_cont(0.9) within group (order by seconds_to_open) as double precision) as p90_seconds
from {marts}.fct_unlock_attempts
where
    origin = 'customer'
    and outcome != 'pending'
    and seconds_to_open is not null
    and start_date between {first_day} and {last_day}
union all
select
    cast('loaded_first_try' as varchar(32)) as measure,
    cast(sum(first_try_loaded_count) as bigint) as part_count,
    cast(sum(first_try_count) as bigint) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_load_success_daily
where start_date between {first_day} and {last_day}
union all
select
    cast('recovered' as varchar(32)) as measure,
    cast(sum(case when outcome = 'recovered' then session_count else 0 end) as bigint) as part_count,
    cast(sum(case when outcome != 'pending' then session_count else 0 end) as bigint) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_troubleshooting_outcomes_daily
where start_date between {first_day} and {last_day}
union all
select
    cast('contacted' as varchar(32)) as measure,
    cast(sum(contacted_order_count) as bigint) as part_count,
    cast(sum(opened_order_count) as bigint) as whole_count,
    cast(null as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.rpt_support_contacts_daily
where start_date between {first_day} and {last_day}
union all
select
    cast('rating' as varchar(32)) as measure,
    cast(sum(rating) as bigint) as part_count,
    cast(count(rating) as bigint) as whole_count,
    cast(sum(rating * rating) as bigint) as square_sum,
    cast(null as double precision) as median_seconds,
    cast(null as double precision) as p90_seconds
from {marts}.fct_ratings
where
    is_valid
    and start_date between {first_day} and {last_day}
