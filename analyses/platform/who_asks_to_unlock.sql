select
    requested_by,
    count(*) as decided_count,
    cast(count(*) as double precision) / sum(count(*)) over () as attempt_share,
    cast(sum(case when outcome in ('opened', 'opened_unverified') then 1 else 0 end) as double precision) / count(*)
        as success_rate
from {{ ref('fct_unlock_attempts') }}
where outcome != 'pending'
group by requested_by
order by decided_count desc, requested_by asc
