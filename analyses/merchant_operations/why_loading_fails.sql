select
    failure_cause,
    coalesce(failure_code, 'not given') as failure_code,
    count(*) as failed_count,
    cast(count(*) as double precision) / sum(count(*)) over () as failed_share
from {{ ref('fct_load_attempts') }}
where outcome in ('failed', 'failed_inferred')
group by failure_cause, coalesce(failure_code, 'not given')
order by failed_count desc, failure_cause asc, failure_code asc
