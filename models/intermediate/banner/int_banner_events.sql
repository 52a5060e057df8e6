{{ config(sort=['occurred_at']) }}

{% set impression = 'entity_key, merchant_name, position, unmatched_reason' %}
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = 'banner_id, banner_variant, delivery_status, displayed_savings' %}
{% set in_order = 'partition by ' ~ impression ~ ' order by occurred_at, role_rank, event_name, ' ~ values ~ ', event_id' %}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_banner_inputs')) }}

),

described as (

    select
        events.*,
        cast(case event_name
            when 'app_banner_viewed' then 'view'
            when 'app_banner_clicked' then 'click'
            when 'app_banner_dismissed' then 'dismiss'
        end as varchar(32)) as event_kind,
        cast(case
            when order_id is null then 'no_entity'
            when occurred_at is null then 'no_time'
        end as varchar(16)) as unmatched_reason,
        case when event_name = 'app_banner_viewed' then 0 else 1 end as role_rank
    from events

),

placed as (

    select
        described.*,
        row_number() over ({{ in_order }}) as impression_event_number,
        first_value({{ event_key() }}) over ({{ in_order }} rows between unbounded preceding and current row) as anchor
    from described

),

final as (

    select
        event_id,
        entity_key,
        cast(case when unmatched_reason is null then anchor end as varchar(32)) as banner_impression_id,
        order_id,
        banner_id,
        event_name,
        event_kind,
        merchant_name,
        position,
        banner_variant,
        delivery_status,
        unmatched_reason,
        cast(case when unmatched_reason is null then impression_event_number end as bigint) as impression_event_number,
        displayed_savings,
        has_unreadable_savings,
        is_clock_suspect,
        occurred_at
    from placed

)

select
    {{ written_at() }} as written_at,
    final.*
from final
