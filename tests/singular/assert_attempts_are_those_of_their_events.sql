-- Conservation: the attempts of events and the rows of the facts are the same, one to one, with the same entities.
{% set domains = {'unlock': 'unlock_attempt_id', 'load': 'load_attempt_id'} %}

with

of_events as (

    {%- for domain, attempt_id in domains.items() %}
    select
        {{ attempt_id }} as attempt_id,
        entity_key
    from {{ ref('int_' ~ domain ~ '_attempt_events') }}
    where {{ attempt_id }} is not null
    group by {{ attempt_id }}, entity_key
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

of_facts as (

    {%- for domain, attempt_id in domains.items() %}
    select
        {{ attempt_id }} as attempt_id,
        entity_key
    from {{ ref('fct_' ~ domain ~ '_attempts') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    coalesce(of_events.attempt_id, of_facts.attempt_id) as attempt_id,
    of_events.entity_key as entity_key_of_events,
    of_facts.entity_key as entity_key_of_fact
from of_events
full outer join of_facts
    on
        of_events.attempt_id = of_facts.attempt_id
        and of_events.entity_key = of_facts.entity_key
where
    of_events.attempt_id is null
    or of_facts.attempt_id is null
