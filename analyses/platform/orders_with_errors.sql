with

orders as (

    select count(*) as order_count from {{ ref('fct_orders') }}

),

errors as (

    select
        event_name,
        count(*) as error_count,
        count(distinct order_id) as order_count
    from {{ ref('fct_events') }}
    where
        event_name in ('error_mercator_error', 'merchant_asset_missing', 'order_tracker_open_error', 'order_tracker_optout_error')
    group by event_name

)

select
    errors.event_name,
    errors.error_count,
    errors.order_count,
    1000 * cast(errors.order_count as double precision) / orders.order_count as orders_per_thousand
from errors
cross join orders
order by orders_per_thousand desc, errors.event_name asc
