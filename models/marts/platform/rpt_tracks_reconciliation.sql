with

declared as (

    select *
    from {{ ref('int_event_tables') }}

),

tracked as (

    select
        event_name,
        event_id,
        min(received_at) as received_at
    from {{ ref('int_landed_tracks') }}
    group by event_name, event_id

),

landed as (

    select
        event_name,
        event_id,
        min(received_at) as received_at
    from {{ ref('int_landed_rows') }}
    where event_id is not null
    group by event_name, event_id

),

compared as (

    select
        coalesce(tracked.event_name, landed.event_name) as event_name,
        case when landed.event_id is null then 1 else 0 end as tracks_only,
        case when tracked.event_id is null then 1 else 0 end as table_only,
        case
            when landed.event_id is null then tracked.received_at
            when tracked.event_id is null then landed.received_at
        end as alone_at
    from tracked
    full outer join landed
        on
            tracked.event_name = landed.event_name
            and tracked.event_id = landed.event_id
    where (select count(*) from {{ ref('int_landed_tracks') }}) > 0

),

counted as (

    select
        event_name,
        count(*) - sum(tracks_only) - sum(table_only) as both_count,
        sum(tracks_only) as tracks_only_count,
        sum(table_only) as table_only_count,
        min(alone_at) as first_alone_at,
        max(alone_at) as last_alone_at
    from compared
    group by event_name

),

final as (

    select
        counted.event_name,
        declared.family,
        cast(counted.both_count as bigint) as both_count,
        cast(counted.tracks_only_count as bigint) as tracks_only_count,
        cast(counted.table_only_count as bigint) as table_only_count,
        declared.event_name is not null as is_declared,
        counted.first_alone_at,
        counted.last_alone_at
    from counted
    left join declared on counted.event_name = declared.event_name

)

select * from final
