-- of each domain, the model that says which attempt or session an event belongs to, or why to none
{% set domains = {
    'unlock': 'int_unlock_attempt_events',
} %}

with

unmatched as (

    {% for domain, model in domains.items() %}
    select
        event_id,
        event_name,
        cast('{{ domain }}' as varchar(32)) as domain_name,
        cast(unmatched_reason as varchar(16)) as unmatched_reason
    from {{ ref(model) }}
    where unmatched_reason is not null
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
    inner join {{ ref('fct_events') }} as events
        on
            unmatched.event_name = events.event_name
            and unmatched.event_id = events.event_id

)

select * from final
