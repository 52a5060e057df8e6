select
    agreement,
    count(*) as attempt_count,
    cast(count(*) as double precision) / sum(count(*)) over () as attempt_share
from {{ ref('fct_unlock_attempts') }}
where
    origin = 'customer'
    and outcome != 'pending'
group by agreement
order by attempt_count desc, agreement asc
