{#
  `matched_steps` has a bit for each step that an event matches, the highest for the first step. So among
  simultaneous events, those of earlier steps have greater numbers. With order='exact', an event that matches no step has a number above all
  others, so it comes first.
#}
{% macro funnel_events(funnel) -%}
    {%- set event_names = [] -%}
    {%- set has_conditions = funnel.steps | selectattr('where', 'defined') | list | length > 0 -%}
matched as (

    select
        {%- for name in funnel.names %}
        {{ name }} as {{ funnel.columns[loop.index0] }},
        {%- endfor %}
        {{ 'occurred_at' if funnel.ties == 'instant' else "date_trunc('" ~ funnel.ties ~ "', occurred_at)" }} as occurred_at,
        {%- for step in funnel.steps %}
        {%- set event = step.event if step is mapping else step %}
        {%- set condition = step.where if step is mapping and step.where else none %}
        {%- do event_names.append(text_literal(event)) %}
        case
            when event_name = {{ text_literal(event) }}{{ ' and (' ~ condition ~ '\n)' if condition }}
                then {{ step_bit(loop.index, funnel.step_count) }}
            else 0
        end {{ '+' if not loop.last else 'as matched_steps' }}
        {%- endfor %}
    from {{ funnel.events }}
    where
        occurred_at is not null
        {%- for name in funnel.names[:funnel.key_count] %}
        and {{ name }} is not null
        {%- endfor %}
        {%- if funnel.order != 'exact' %}
        and event_name in ({{ event_names | unique(case_sensitive=true) | join(', ') }})
        {%- endif %}
        {%- if funnel.where %}
        and ({{ funnel.where }}
        )
        {%- endif %}

),

events as (

    {%- if funnel.order == 'exact' %}

    select
        {{ funnel.columns | join(', ') }},
        occurred_at,
        coalesce(nullif(matched_steps, 0), {{ 2 * step_bit(1, funnel.step_count) }}) as matched_steps
    from matched
    {%- else %}

    select * from matched
    {%- if has_conditions %}
    where matched_steps > 0
    {%- endif %}
    {%- endif %}

)
{%- endmacro %}


{% macro funnel_starts(funnel) -%}
    {%- if funnel.order == 'any' -%}{{ funnel_starts_in_any_order(funnel) }}
    {%- elif funnel.order == 'exact' -%}{{ funnel_starts_in_exact_order(funnel) }}
    {%- else -%}{{ funnel_starts_in_this_order(funnel) }}
    {%- endif -%}
{%- endmacro %}


{% macro funnel_starts_in_this_order(funnel) -%}
    {%- set step_count = funnel.step_count -%}
    {%- for number in range(step_count, 1, -1) -%}
to_step_{{ number }} as (

    select
        {{ funnel.columns | join(', ') }},
        occurred_at,
        matched_steps,
        {%- for later in range(number, step_count + 1) %}
        {%- set time = 'occurred_at' if later == number else 'step_' ~ later ~ '_at' %}
        min(case when {{ matches_step(number, step_count) }} then {{ time }} end) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and 1 preceding
        ) as step_{{ later }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ 'events' if loop.first else 'to_step_' ~ (number + 1) }}
    {%- if not loop.first %}
    where matched_steps >= {{ step_bit(number, step_count) }}
    {%- endif %}

),

{% endfor -%}
starts as (

    select
        *,
        occurred_at as step_1_at
    from to_step_2
    where matched_steps >= {{ step_bit(1, step_count) }}

)
{%- endmacro %}


{% macro funnel_starts_in_exact_order(funnel) -%}
    {%- set step_count = funnel.step_count -%}
marked as (

    select
        *,
        min(case when matched_steps < {{ 2 * step_bit(1, step_count) }} then occurred_at end) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and 1 preceding
        ) as next_step_at
    from events

),

followed as (

    select
        {{ funnel.columns | join(', ') }},
        occurred_at,
        matched_steps,
        {%- for number in range(2, step_count + 1) %}
        lag(matched_steps, {{ number - 1 }}) over (
            {{ funnel.backwards }}
        ) as event_{{ number }}_steps,
        lag(occurred_at, {{ number - 1 }}) over (
            {{ funnel.backwards }}
        ) as event_{{ number }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from marked
    where
        matched_steps < {{ 2 * step_bit(1, step_count) }}
        or next_step_at is null
        or next_step_at > occurred_at

),

starts as (

    select
        *,
        occurred_at as step_1_at,
        {%- for number in range(2, step_count + 1) %}
        case
            when {{ matches_step(number, step_count, 'event_' ~ number ~ '_steps') }} then event_{{ number }}_at
        end as step_{{ number }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from followed
    where {{ matches_step(1, step_count) }}

)
{%- endmacro %}


{% macro funnel_starts_in_any_order(funnel) -%}
    {%- set step_count = funnel.step_count -%}
followed as (

    select
        *,
        {%- for number in range(1, step_count + 1) %}
        min(case when {{ matches_step(number, step_count) }} then occurred_at end) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and current row
        ) as next_{{ number }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from events

),

starts as (

    select
        *,
        next_1_at as step_1_at,
        {%- for number in range(2, step_count + 1) %}
        case
            {%- for earlier in range(1, number) %}
            when next_{{ earlier }}_at is null then null
            {%- endfor %}
            when next_{{ number }}_at is null then null
            else greatest({% for earlier in range(1, number + 1) %}next_{{ earlier }}_at{{ ', ' if not loop.last }}{% endfor %})
        end as step_{{ number }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from followed

)
{%- endmacro %}


{% macro reached_step(funnel) -%}
case
            {%- for number in range(1 if funnel.order == 'any' else 2, funnel.step_count + 1) %}
            when
                step_{{ number }}_at is null
                or step_{{ number }}_at > {{ timestamp_add('minute', funnel.window_minutes, 'occurred_at') }}
                then {{ number - 1 }}
            {%- endfor %}
            else {{ funnel.step_count }}
        end
{%- endmacro %}


{% macro step_bit(number, step_count) %}
    {{- return(2 ** (step_count - number)) -}}
{% endmacro %}


{% macro matches_step(number, step_count, matched_steps='matched_steps') %}
    {{- return('(' ~ matched_steps ~ ' & ' ~ step_bit(number, step_count) ~ ') > 0') -}}
{% endmacro %}
