-- Conservation: the reassignments and launches of events and the rows of their facts are the same, one to one, with the same
-- entities.
{% set models = {
    'reassignment_id': ['int_reassignment_events', 'fct_reassignments'],
    'node_launch_id': ['int_node_launch_events', 'fct_node_launches'],
} %}

with

of_events as (

    {%- for id, relations in models.items() %}
    select
        {{ id }} as row_id,
        entity_key
    from {{ ref(relations[0]) }}
    where {{ id }} is not null
    group by {{ id }}, entity_key
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

of_facts as (

    {%- for id, relations in models.items() %}
    select
        {{ id }} as row_id,
        entity_key
    from {{ ref(relations[1]) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    coalesce(of_events.row_id, of_facts.row_id) as row_id,
    of_events.entity_key as entity_key_of_events,
    of_facts.entity_key as entity_key_of_fact
from of_events
full outer join of_facts
    on
        of_events.row_id = of_facts.row_id
        and of_events.entity_key = of_facts.entity_key
where
    of_events.row_id is null
    or of_facts.row_id is null
