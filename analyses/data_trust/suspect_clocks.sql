select
    app,
    count(*) as event_count,
    sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
    cast(sum(case when is_clock_suspect then 1 else 0 end) as double precision) / count(*) as suspect_rate
from {{ ref('fct_events') }}
group by app
order by suspect_rate desc, app asc
