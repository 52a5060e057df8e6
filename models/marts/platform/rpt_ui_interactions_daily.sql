with

interactions as (

    select
        -- a server's anonymous id is a constant and does not identify a browser
        case when coalesce(app, 'unknown') != 'server' then anonymous_id end as browser_id,
        event_name,
        coalesce(
            case event_name
                when 'page_viewed' then page_name
                when 'button_clicked' then button_name
                when 'app_download_faq_clicked' then faq_id
            end,
            'unknown'
        ) as target_name,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date
    from {{ ref('int_ui_navigation_events') }}
    where {{ is_possible_date(local_date('occurred_at', var('reporting_time_zone'))) }}

),

final as (

    select
        event_name,
        cast(target_name as varchar(512)) as target_name,
        cast(count(*) as bigint) as interaction_count,
        cast(count(distinct browser_id) as bigint) as browser_count,
        start_date
    from interactions
    group by event_name, target_name, start_date

)

select * from final
