select
    app_version,
    count(*) as decided_count,
    cast(sum(case when outcome in ('opened', 'opened_unverified') then 1 else 0 end) as double precision) / count(*)
        as success_rate
from {{ ref('fct_unlock_attempts') }}
where
    origin = 'customer'
    and outcome != 'pending'
group by app_version
having count(*) >= 20
order by success_rate asc, app_version asc
