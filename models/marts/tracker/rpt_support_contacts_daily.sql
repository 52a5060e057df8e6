with

counted as (

    select
        start_date,
        case when opened_at is not null then 1 else 0 end as opened_order_count,
        case when opened_at is not null and contacted_at is not null then 1 else 0 end as contacted_order_count,
        case when opened_at is null then 1 else 0 end as contact_without_open_count,
        cast(0 as bigint) as session_count,
        cast(0 as bigint) as optout_error_count
    from {{ ref('fct_tracked_orders') }}
    union all
    select
        start_date,
        0 as opened_order_count,
        0 as contacted_order_count,
        0 as contact_without_open_count,
        cast(1 as bigint) as session_count,
        optout_error_count
    from {{ ref('fct_tracker_sessions') }}

),

summed as (

    select
        start_date,
        sum(opened_order_count) as opened_order_count,
        sum(contacted_order_count) as contacted_order_count,
        sum(contact_without_open_count) as contact_without_open_count,
        sum(session_count) as session_count,
        sum(optout_error_count) as optout_error_count
    from counted
    where {{ is_possible_date('start_date') }}
    group by start_date

),

final as (

    select
        start_date,
        cast(opened_order_count as bigint) as opened_order_count,
        cast(contacted_order_count as bigint) as contacted_order_count,
        cast(contact_without_open_count as bigint) as contact_without_open_count,
        cast(session_count as bigint) as session_count,
        cast(optout_error_count as bigint) as optout_error_count,
        cast(contacted_order_count as double precision) / nullif(opened_order_count, 0) as support_contact_rate,
        cast(optout_error_count as double precision) / nullif(session_count, 0) as optout_errors_per_session
    from summed

)

select * from final
