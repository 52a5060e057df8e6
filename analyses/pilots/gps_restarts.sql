with

orders as (

    select count(*) as order_count
    from {{ ref('fct_orders') }}

)

select
    actions.action,
    count(*) as restart_count,
    1000 * cast(count(*) as double precision) / max(orders.order_count) as restarts_per_thousand_orders,
    count(distinct actions.robot_id) as robot_count,
    percentile_cont(0.5) within group (order by events.gps_accuracy_meters) as median_accuracy_meters,
    cast(sum(case when actions.outcome = 'recovered' then 1 else 0 end) as double precision) / count(*) as recovered_rate,
    cast(sum(case when actions.next_action = 'gps_cold' then 1 else 0 end) as double precision) / count(*)
        as cold_restart_next_rate,
    cast(sum(case when actions.next_action in ('soft_reset', 'hard_reset') then 1 else 0 end) as double precision) / count(*)
        as reset_next_rate
from {{ ref('fct_recovery_actions') }} as actions
inner join {{ ref('fct_events') }} as events on actions.recovery_action_id = events.event_key
cross join orders
where
    actions.action in ('gps_hot', 'gps_cold')
    and events.event_name in ('pilot_reset_gps_hot', 'pilot_reset_gps_cold')
    and actions.outcome != 'pending'
group by actions.action
order by restart_count desc, actions.action asc
