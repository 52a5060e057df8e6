select
    device_class,
    count(*) as session_count,
    cast(sum(case when error_count > 0 then 1 else 0 end) as double precision) / count(*) as session_with_error_rate,
    cast(sum(case when has_support_contact then 1 else 0 end) as double precision) / count(*) as contact_rate
from {{ ref('fct_tracker_sessions') }}
where open_count > 0
group by device_class
order by session_count desc, device_class asc
