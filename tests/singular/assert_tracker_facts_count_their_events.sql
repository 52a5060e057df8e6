-- Conservation: ratings, tracker sessions and banner impressions count exactly the events that belong to them.
{% set facts = {
    'fct_ratings': ['order_id', 'int_rating_events', 'submit_count'],
    'fct_tracker_sessions': ['tracker_session_id', 'int_tracker_session_events', 'event_count'],
    'fct_banner_impressions': ['banner_impression_id', 'int_banner_events', 'view_count + click_count + dismiss_count'],
} %}

with

placed as (

    {%- for fact, (id, events, counted) in facts.items() %}
    select
        '{{ fact }}' as fact,
        {{ id }} as row_id,
        count(*) as event_count
    from {{ ref(events) }}
    where unmatched_reason is null
    group by {{ id }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    {%- for fact, (id, events, counted) in facts.items() %}
    select
        '{{ fact }}' as fact,
        {{ id }} as row_id,
        {{ counted }} as event_count
    from {{ ref(fact) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    coalesce(placed.fact, counted.fact) as fact,
    coalesce(placed.row_id, counted.row_id) as row_id,
    placed.event_count as placed_count,
    counted.event_count as counted_count
from placed
full outer join counted
    on
        placed.fact = counted.fact
        and placed.row_id = counted.row_id
where coalesce(placed.event_count, 0) != coalesce(counted.event_count, 0)
