with

counted as (

    select
        start_date,
        merchant_name,
        position,
        sum(view_count) as view_count,
        sum(case when view_count > 0 then 1 else 0 end) as impression_count,
        sum(case when view_count > 0 and click_count > 0 then 1 else 0 end) as clicked_count,
        sum(case when view_count > 0 and dismiss_count > 0 then 1 else 0 end) as dismissed_count,
        sum(case when is_orphan_click then 1 else 0 end) as orphan_click_count,
        sum(unreadable_savings_count) as unreadable_savings_count
    from {{ ref('fct_banner_impressions') }}
    where {{ is_possible_date('start_date') }}
    group by start_date, merchant_name, position

),

final as (

    select
        start_date,
        merchant_name,
        position,
        cast(view_count as bigint) as view_count,
        cast(impression_count as bigint) as impression_count,
        cast(clicked_count as bigint) as clicked_count,
        cast(dismissed_count as bigint) as dismissed_count,
        cast(orphan_click_count as bigint) as orphan_click_count,
        cast(unreadable_savings_count as bigint) as unreadable_savings_count,
        cast(clicked_count as double precision) / nullif(impression_count, 0) as click_through_rate,
        cast(dismissed_count as double precision) / nullif(impression_count, 0) as dismissal_rate
    from counted

)

select * from final
