with

errors as (

    select
        order_id,
        -- a server's anonymous id is a constant and does not identify a browser
        case when coalesce(app, 'unknown') != 'server' then anonymous_id end as browser_id,
        event_name,
        app,
        occurred_at,
        {{ local_time('occurred_at', var('reporting_time_zone')) }} as local_time
    from {{ ref('fct_events') }}
    where
        event_name in ('error_mercator_error', 'merchant_asset_missing', 'order_tracker_open_error', 'order_tracker_optout_error')
        and {{ is_possible_date(local_date('occurred_at', var('reporting_time_zone'))) }}

),

-- in zones whose offset is not whole hours, a local hour does not begin at a full hour of UTC
with_full_hours as (

    select
        errors.*,
        {{ timestamp_add('minute', '-cast(extract(minute from local_time) as integer)', "date_trunc('minute', occurred_at)") }}
            as full_hour_at
    from errors

),

-- of an hour in which the clock changes by half an hour, only half is after the change
with_hours as (

    select
        with_full_hours.*,
        {{ timestamp_add(
            'minute',
            'cast(extract(minute from ' ~ local_time('full_hour_at', var('reporting_time_zone')) ~ ') as integer)',
            'full_hour_at'
        ) }} as occurred_hour_at
    from with_full_hours

),

final as (

    select
        event_name,
        app,
        cast(count(*) as bigint) as error_count,
        cast(sum(case when order_id is null then 1 else 0 end) as bigint) as without_order_count,
        cast(count(distinct order_id) as bigint) as order_count,
        cast(count(distinct browser_id) as bigint) as browser_count,
        {{ local_hour('occurred_hour_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_date('occurred_hour_at', var('reporting_time_zone')) }} as start_date,
        occurred_hour_at
    from with_hours
    group by event_name, app, occurred_hour_at

)

select * from final
