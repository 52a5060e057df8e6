{#
  `matched_steps` has a bit for each step that an event matches, the highest for the first step. So among
  simultaneous events, those of earlier steps have greater numbers. With order='exact', an event that matches no step has a number above all
  others, so it comes first. Without `offset 0`, PostgreSQL carries `event_name` through the sort, to compute the number again.
#}
{% macro funnel_events(funnel) -%}
    {%- set bits_by_event = {} -%}
    {%- for step in funnel.steps -%}
        {%- set bit = step_bit(loop.index, funnel.step_count) -%}
        {%- set is_conditional = step is mapping and step.where -%}
        {%- do bits_by_event.setdefault(step.event if step is mapping else step, []).append(
            'case when (' ~ step.where ~ '\n) then ' ~ bit ~ ' else 0 end' if is_conditional else bit
        ) -%}
    {%- endfor -%}
    {%- set has_conditions = funnel.steps | selectattr('where', 'defined') | list | length > 0 -%}
matched as (

    select
        {%- for name in funnel.names %}
        {{ name }} as {{ funnel.columns[loop.index0] }},
        {%- endfor %}
        {{ 'occurred_at' if funnel.ties == 'instant' else "date_trunc('" ~ funnel.ties ~ "', occurred_at)" }} as occurred_at,
        case event_name
            {%- for event, bits in bits_by_event.items() %}
            when {{ text_literal(event) }} then {{ bits | join(' + ') }}
            {%- endfor %}
            else 0
        end as matched_steps
    from {{ funnel.events }}
    where
        occurred_at is not null
        {%- for name in funnel.names[:funnel.key_count] %}
        and {{ name }} is not null
        {%- endfor %}
        {%- if funnel.order != 'exact' %}
        and event_name in (
            {%- for event in bits_by_event %}{{ text_literal(event) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
        {%- endif %}
        {%- if funnel.where %}
        and ({{ funnel.where }}
        )
        {%- endif %}
    {%- if target.type == 'postgres' %}
    offset 0
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
        {%- if number == 2 %}
        {{ end_of_window(funnel) }} as window_ends_at,
        {%- endif %}
        {%- if number == 2 and funnel.counting == 'uniques' %}
        count(*) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and 1 preceding
        ) as newer_count,
        {%- endif %}
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
        ) as next_step_at,
        count(*) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and 1 preceding
        ) as newer_count
    from events

),

followed as (

    select
        {{ funnel.columns | join(', ') }},
        occurred_at,
        matched_steps,
        newer_count,
        {{ end_of_window(funnel) }} as window_ends_at,
        {%- for number in range(2, step_count + 1) %}
        lag(case when {{ matches_step(number, step_count) }} then occurred_at end, {{ number - 1 }}) over (
            {{ funnel.backwards }}
        ) as step_{{ number }}_at
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
        occurred_at as step_1_at
    from followed
    where {{ matches_step(1, step_count) }}

)
{%- endmacro %}


{% macro funnel_starts_in_any_order(funnel) -%}
starts as (

    select
        *,
        {{ end_of_window(funnel) }} as window_ends_at,
        count(*) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and current row
        ) as newer_count,
        {%- for number in range(1, funnel.step_count + 1) %}
        min(case when {{ matches_step(number, funnel.step_count) }} then occurred_at end) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and current row
        ) as step_{{ number }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from events

)
{%- endmacro %}


{% macro end_of_window(funnel) %}
    {{- return(timestamp_add('minute', funnel.window_minutes, 'occurred_at')) -}}
{% endmacro %}


{% macro reached_step(funnel) -%}
case
            {%- for number in range(1 if funnel.order == 'any' else 2, funnel.step_count + 1) %}
            when step_{{ number }}_at is null or step_{{ number }}_at > window_ends_at then {{ number - 1 }}
            {%- endfor %}
            else {{ funnel.step_count }}
        end
{%- endmacro %}


{% macro step_time(number, funnel) %}
    {%- set times = [] -%}
    {%- for earlier in range(1 if funnel.order == 'any' else number, number + 1) -%}
        {%- do times.append('step_' ~ earlier ~ '_at') -%}
    {%- endfor -%}
    {{- return('greatest(' ~ times | join(', ') ~ ')' if times | length > 1 else times[0]) -}}
{% endmacro %}


{% macro step_bit(number, step_count) %}
    {{- return(2 ** (step_count - number)) -}}
{% endmacro %}


{% macro matches_step(number, step_count) %}
    {{- return('(matched_steps & ' ~ step_bit(number, step_count) ~ ') > 0') -}}
{% endmacro %}
