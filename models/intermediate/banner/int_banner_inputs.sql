{{ config(materialized='view') }}

select
    cast('int_app_banner_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    banner_id,
    event_name,
    merchant_name,
    position,
    banner_variant,
    delivery_status,
    displayed_savings,
    displayed_savings_text is not null and displayed_savings is null as has_unreadable_savings,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_app_banner_events') }}
