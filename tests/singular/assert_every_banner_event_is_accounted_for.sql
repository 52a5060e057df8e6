-- Conservation: the events of the stream and the rows of int_banner_events are the same, one to one, and impressions count
-- all that are in one.

with

missing as (

    select
        coalesce(streamed.event_name, placed.event_name) as event_name,
        coalesce(streamed.event_id, placed.event_id) as event_id
    from {{ ref('int_app_banner_events') }} as streamed
    full outer join {{ ref('int_banner_events') }} as placed
        on
            streamed.event_name = placed.event_name
            and streamed.event_id = placed.event_id
    where
        streamed.event_id is null
        or placed.event_id is null

),

placed as (

    select
        banner_impression_id,
        count(*) as event_count
    from {{ ref('int_banner_events') }}
    where banner_impression_id is not null
    group by banner_impression_id

),

miscounted as (

    select coalesce(placed.banner_impression_id, impressions.banner_impression_id) as banner_impression_id
    from placed
    full outer join {{ ref('fct_banner_impressions') }} as impressions
        on placed.banner_impression_id = impressions.banner_impression_id
    where
        coalesce(placed.event_count, 0)
        != coalesce(impressions.view_count + impressions.click_count + impressions.dismiss_count, 0)

)

select
    event_name,
    event_id
from missing
union all
select
    cast('impression' as varchar(512)) as event_name,
    banner_impression_id as event_id
from miscounted
