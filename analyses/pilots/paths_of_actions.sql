select
    action_path,
    count(*) as session_count,
    cast(count(*) as double precision) / sum(count(*)) over () as session_share,
    cast(sum(case when outcome = 'recovered' then 1 else 0 end) as double precision) / count(*) as recovered_rate
from {{ ref('fct_troubleshooting_sessions') }}
where
    outcome != 'pending'
    and action_path is not null
group by action_path
having count(*) >= 5
order by session_count desc, action_path asc
