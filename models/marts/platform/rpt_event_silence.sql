with

declared as (

    select *
    from {{ ref('int_event_tables') }}

),

events as (

    select *
    from {{ ref('fct_events') }}

),

horizon as (

    select {{ data_horizon() }} as horizon_at

),

-- receipts later than the newest one in int_data_horizon are ignored
receipts as (

    select
        events.event_name,
        events.event_id,
        events.received_at,
        horizon.horizon_at
    from events
    cross join horizon
    where events.received_at <= {{ timestamp_add('minute', var('horizon_margin_minutes'), 'horizon.horizon_at') }}

),

last_receipts as (

    select
        event_name,
        horizon_at,
        max(received_at) as last_received_at
    from receipts
    group by event_name, horizon_at

),

last_loads as (

    select
        event_name,
        max(loaded_at) as last_loaded_at
    from {{ ref('fct_events') }}
    where loaded_at <= {{ warehouse_clock() }}
    group by event_name

),

silences as (

    select
        event_name,
        last_received_at,
        horizon_at,
        {{ seconds_between('last_received_at', 'horizon_at') }} as seconds_silent
    from last_receipts
    where last_received_at < horizon_at

),

weeks as (

    {% for _ in range(var('silence_weeks') | int) %}
    select cast({{ loop.index }} as integer) as week_number
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

weeks_back as (

    select
        silences.event_name,
        silences.last_received_at,
        silences.horizon_at,
        cast(silences.seconds_silent / 604800 as integer) + weeks.week_number as week_number
    from silences
    cross join weeks

),

-- the hours of the silence, moved back by more weeks than it lasts, so that it is not compared with itself
stretches as (

    select
        event_name,
        week_number,
        {{ timestamp_add('day', '-7 * week_number', 'last_received_at') }} as begins_after,
        {{ timestamp_add('day', '-7 * week_number', 'horizon_at') }} as ends_with
    from weeks_back

),

counted as (

    select
        stretches.event_name,
        stretches.week_number,
        count(receipts.event_id) as event_count
    from stretches
    left join receipts
        on
            stretches.event_name = receipts.event_name
            and stretches.begins_after < receipts.received_at
            and stretches.ends_with >= receipts.received_at
    group by stretches.event_name, stretches.week_number

),

usual as (

    select
        event_name,
        min(event_count) as least_event_count
    from counted
    group by event_name

),

final as (

    select
        declared.event_name,
        declared.family,
        declared.app,
        cast(case
            when silences.event_name is not null then silences.seconds_silent
            when last_receipts.event_name is not null then 0
        end as bigint) as seconds_silent,
        cast(usual.least_event_count as bigint) as least_event_count,
        declared.is_landed,
        coalesce(usual.least_event_count >= {{ var('silence_least_events') }}, false) as is_silent,
        last_receipts.last_received_at,
        last_loads.last_loaded_at
    from declared
    left join last_loads on declared.event_name = last_loads.event_name
    left join last_receipts on declared.event_name = last_receipts.event_name
    left join silences on declared.event_name = silences.event_name
    left join usual on declared.event_name = usual.event_name

)

select * from final
