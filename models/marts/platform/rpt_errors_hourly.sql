with

errors as (

    select
        order_id,
        -- a server's anonymous id is a constant and does not identify a browser
        case when coalesce(app, 'unknown') != 'server' then anonymous_id end as browser_id,
        event_name,
        app,
        date_trunc('hour', occurred_at) as occurred_hour_at
    from {{ ref('fct_events') }}
    where
        event_name in ('error_mercator_error', 'merchant_asset_missing', 'order_tracker_open_error', 'order_tracker_optout_error')
        and occurred_at is not null

),

final as (

    select
        event_name,
        app,
        cast(count(*) as bigint) as error_count,
        cast(sum(case when order_id is null then 1 else 0 end) as bigint) as without_order_count,
        cast(count(distinct order_id) as bigint) as order_count,
        cast(count(distinct browser_id) as bigint) as browser_count,
        occurred_hour_at
    from errors
    group by event_name, app, occurred_hour_at

)

select * from final
