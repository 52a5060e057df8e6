-- replaces the null day of rows without a load time in joins
{% set no_day = "cast('0001-01-01' as date)" %}
{% set keys = ['order', 'robot', 'trip', 'pilot', 'browser'] %}

with

declared as (

    select *
    from {{ ref('int_event_tables') }}

),

landed as (

    select
        event_id,
        event_name,
        seconds_late,
        is_clock_suspect,
        {% for key in keys %}
        is_{{ key }}_missing,
        {% endfor %}
        refused_value_count,
        cut_value_count,
        coalesce(cast(loaded_at as date), {{ no_day }}) as loaded_date
    from {{ ref('int_landed_rows') }}

),

landed_days as (

    select
        event_name,
        loaded_date,
        count(*) as row_count,
        sum(case when event_id is null then 1 else 0 end) as without_id_count,
        {% for key in keys %}
        sum(case when is_{{ key }}_missing then 1 when not is_{{ key }}_missing then 0 end) as without_{{ key }}_count,
        {% endfor %}
        sum(case when is_clock_suspect then 1 else 0 end) as clock_suspect_count,
        sum(refused_value_count) as refused_value_count,
        sum(cut_value_count) as cut_value_count,
        max(seconds_late) as max_seconds_late
    from landed
    group by event_name, loaded_date

),

lateness as (

    select
        event_name,
        loaded_date,
        percentile_cont(0.5) within group (order by seconds_late) as p50_seconds_late,
        percentile_cont(0.95) within group (order by seconds_late) as p95_seconds_late
    from landed
    where seconds_late is not null
    group by event_name, loaded_date

),

ids as (

    select
        event_name,
        event_id,
        loaded_date,
        count(*) as copy_count
    from landed
    where event_id is not null
    group by event_name, event_id, loaded_date

),

-- a row without a load time counts as a copy of a row that has one
ids_by_first_day as (

    select
        ids.*,
        coalesce(
            min(nullif(loaded_date, {{ no_day }})) over (partition by event_name, event_id),
            {{ no_day }}
        ) as first_date
    from ids

),

id_days as (

    select
        event_name,
        loaded_date,
        count(*) as id_count,
        sum(case when loaded_date = first_date then copy_count - 1 else copy_count end) as duplicate_count
    from ids_by_first_day
    group by event_name, loaded_date

),

streamed as (

    select
        event_name,
        event_id,
        coalesce(cast(loaded_at as date), {{ no_day }}) as loaded_date
    from {{ ref('fct_events') }}

),

unmatched as (

    select
        event_name,
        event_id
    from {{ ref('rpt_unmatched_events') }}
    group by event_name, event_id

),

event_days as (

    select
        streamed.event_name,
        streamed.loaded_date,
        count(*) as event_count,
        count(unmatched.event_id) as unmatched_count
    from streamed
    left join unmatched
        on
            streamed.event_name = unmatched.event_name
            and streamed.event_id = unmatched.event_id
    group by streamed.event_name, streamed.loaded_date

),

-- the streams are as of the last run, the raw tables as of now: either may have days that the other lacks
days as (

    select
        coalesce(landed_days.event_name, event_days.event_name) as event_name,
        coalesce(landed_days.loaded_date, event_days.loaded_date) as loaded_date,
        landed_days.row_count,
        landed_days.without_id_count,
        {% for key in keys %}
        landed_days.without_{{ key }}_count,
        {% endfor %}
        landed_days.clock_suspect_count,
        landed_days.refused_value_count,
        landed_days.cut_value_count,
        landed_days.max_seconds_late,
        event_days.event_count,
        event_days.unmatched_count
    from landed_days
    full outer join event_days
        on
            landed_days.event_name = event_days.event_name
            and landed_days.loaded_date = event_days.loaded_date

),

final as (

    select
        days.event_name,
        declared.family,
        cast(coalesce(days.row_count, 0) as bigint) as row_count,
        cast(coalesce(id_days.id_count, 0) as bigint) as id_count,
        cast(coalesce(id_days.duplicate_count, 0) as bigint) as duplicate_count,
        cast(coalesce(days.without_id_count, 0) as bigint) as without_id_count,
        {% for key in keys %}
        cast(days.without_{{ key }}_count as bigint) as without_{{ key }}_count,
        {% endfor %}
        cast(coalesce(days.clock_suspect_count, 0) as bigint) as clock_suspect_count,
        cast(coalesce(days.refused_value_count, 0) as bigint) as refused_value_count,
        cast(coalesce(days.cut_value_count, 0) as bigint) as cut_value_count,
        cast(coalesce(days.event_count, 0) as bigint) as event_count,
        cast(coalesce(days.unmatched_count, 0) as bigint) as unmatched_count,
        cast(lateness.p50_seconds_late as double precision) as p50_seconds_late,
        cast(lateness.p95_seconds_late as double precision) as p95_seconds_late,
        cast(days.max_seconds_late as bigint) as max_seconds_late,
        nullif(days.loaded_date, {{ no_day }}) as loaded_date
    from days
    left join declared on days.event_name = declared.event_name
    left join id_days
        on
            days.event_name = id_days.event_name
            and days.loaded_date = id_days.loaded_date
    left join lateness
        on
            days.event_name = lateness.event_name
            and days.loaded_date = lateness.loaded_date

)

select * from final
