with

impressions as (

    select
        case
            when displayed_savings is null then 'none shown'
            when displayed_savings < 3 then 'below 3'
            when displayed_savings < 6 then '3 to 6'
            else '6 and more'
        end as savings,
        case when click_count > 0 then 1 else 0 end as is_clicked
    from {{ ref('fct_banner_impressions') }}
    where view_count > 0

)

select
    savings,
    count(*) as impression_count,
    sum(is_clicked) as clicked_count,
    cast(sum(is_clicked) as double precision) / count(*) as click_through_rate
from impressions
group by savings
order by click_through_rate desc, savings asc
