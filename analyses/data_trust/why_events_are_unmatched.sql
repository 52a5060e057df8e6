select
    domain_name,
    unmatched_reason,
    count(*) as unmatched_count,
    cast(count(*) as double precision) / sum(count(*)) over () as unmatched_share
from {{ ref('rpt_unmatched_events') }}
group by domain_name, unmatched_reason
order by unmatched_count desc, domain_name asc, unmatched_reason asc
