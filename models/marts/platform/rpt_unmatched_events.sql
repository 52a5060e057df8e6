-- the model of each domain with the attempt or session of each event, or the reason why it has none
{% set domains = {
    'unlock': 'int_unlock_attempt_events',
    'load': 'int_load_attempt_events',
    'troubleshooting': 'int_troubleshooting_events',
    'tracker': 'int_tracker_session_events',
    'rating': 'int_rating_events',
    'banner': 'int_banner_events',
    'reassignment': 'int_reassignment_events',
    'node_launch': 'int_node_launch_events',
} %}

with

events as (

    select *
    from {{ ref('fct_events') }}

),

unmatched as (

    {% for domain, model in domains.items() %}
    select
        event_id,
        event_name,
        cast('{{ domain }}' as varchar(32)) as domain_name,
        cast(unmatched_reason as varchar(16)) as unmatched_reason
    from {{ ref(model) }}
    where
        unmatched_reason is not null
        -- events of another domain
        and unmatched_reason != 'other_app'
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

final as (

    select
        unmatched.event_id,
        events.order_id,
        events.robot_id,
        events.trip_id,
        events.pilot_id,
        events.anonymous_id,
        unmatched.event_name,
        events.family,
        unmatched.domain_name,
        unmatched.unmatched_reason,
        events.occurred_at,
        events.loaded_at
    from unmatched
    inner join events
        on
            unmatched.event_name = events.event_name
            and unmatched.event_id = events.event_id

)

select * from final
