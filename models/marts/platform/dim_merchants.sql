-- events of a merchant's own orders, then events of banners that promote it
{% set totals = {
    'load': 'server_load_order_success',
    'load_error': 'server_load_order_error',
    'unlock_click': 'order_unlock_coco',
    'lid_open': 'server_unlock_bot_open_lid_success',
    'tracker_open': 'order_tracker_open',
    'support_click': 'order_tracker_text_support_click',
    'missing_asset': 'merchant_asset_missing',
    'banner_view': 'app_banner_viewed',
    'banner_click': 'app_banner_clicked',
    'banner_dismissal': 'app_banner_dismissed',
} %}

with

events as (

    {% for family in ['order_tracker', 'unlock', 'server_load', 'server_unlock', 'ui_navigation', 'error', 'app_banner'] %}
    select
        {{ 'order_id' if family != 'app_banner' else 'cast(null as varchar(512)) as order_id' }},
        merchant_name,
        event_name,
        {{ 'true' if family == 'app_banner' else 'false' }} as is_promotion,
        case when is_clock_suspect then received_at else occurred_at end as seen_at
    from {{ ref('int_' ~ family ~ '_events') }}
    where merchant_name is not null
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

merchants as (

    select
        merchant_name,
        sum(case when is_promotion then 0 else 1 end) as event_count,
        count(distinct order_id) as order_count,
        {% for total, event_name in totals.items() %}
        sum(case when event_name = '{{ event_name }}' then 1 else 0 end) as {{ total }}_count,
        {% endfor %}
        min(case when not is_promotion then seen_at end) as first_seen_at,
        max(case when not is_promotion then seen_at end) as last_seen_at,
        min(case when is_promotion then seen_at end) as first_promoted_at,
        max(case when is_promotion then seen_at end) as last_promoted_at
    from events
    group by merchant_name

),

final as (

    select
        merchant_name,
        {% for total in ['event', 'order'] + totals | list %}
        cast({{ total }}_count as bigint) as {{ total }}_count,
        {% endfor %}
        first_seen_at,
        last_seen_at,
        first_promoted_at,
        last_promoted_at
    from merchants

)

select * from final
