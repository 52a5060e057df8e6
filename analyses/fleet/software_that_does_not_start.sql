select
    coalesce(node_name, 'not given') as node_name,
    coalesce(software_version, 'not given') as software_version,
    count(*) as launch_count,
    sum(case when outcome = 'not_initialized' then 1 else 0 end) as not_initialized_count,
    cast(sum(case when outcome = 'not_initialized' then 1 else 0 end) as double precision) / count(*) as not_initialized_rate,
    percentile_cont(0.5) within group (order by seconds_to_initialize) as median_seconds
from {{ ref('fct_node_launches') }}
where
    outcome != 'pending'
    and launched_at is not null
group by coalesce(node_name, 'not given'), coalesce(software_version, 'not given')
order by not_initialized_rate desc, node_name asc, software_version asc
