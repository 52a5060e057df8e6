select
    position,
    count(*) as impression_count,
    sum(case when click_count > 0 then 1 else 0 end) as clicked_count,
    cast(sum(case when click_count > 0 then 1 else 0 end) as double precision) / count(*) as click_through_rate,
    cast(sum(case when dismiss_count > 0 then 1 else 0 end) as double precision) / count(*) as dismissal_rate
from {{ ref('fct_banner_impressions') }}
where
    view_count > 0
    and position is not null
group by position
order by click_through_rate desc, position asc
