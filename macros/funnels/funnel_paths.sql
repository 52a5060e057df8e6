{#
  Every window has the partition and the order of `backwards`, so that one sort does for all. It runs from the newest event to the oldest,
  because PostgreSQL carries a minimum along as a frame grows, and computes it again for each row of a frame that shrinks.
#}
{% macro funnel_paths(
    steps, by='order_id', window_minutes=1440, order='this', counting='uniques', reentry=true, hold=[], group_by=[], ties='instant',
    where=none, events=none
) %}
    {%- set events = events or ref('fct_events') -%}
    {%- if not execute -%}{{ return('select 1') }}{%- endif -%}
    {%- do check_funnel(steps, by, window_minutes, order, counting, reentry, hold, group_by, ties, where, events) -%}
    {%- set names = quoted_names(([by] + hold + group_by) | unique(case_sensitive=true)) -%}
    {%- set keys, groups = [], [] -%}
    {%- for name in names -%}
        {%- do (keys if loop.index0 <= hold | length else groups).append('column_' ~ loop.index) -%}
    {%- endfor -%}
    {%- set columns = keys + groups -%}
    {%- set backwards -%}
partition by {{ keys | join(', ') }}
        order by occurred_at desc, matched_steps asc {%- for group in groups %}, {{ group }} desc{% endfor %}
    {%- endset -%}
    {%- set starts -%}
        {%- if order == 'any' %}{{ funnel_starts_in_any_order(steps | length, columns, backwards) }}
        {%- elif order == 'exact' %}{{ funnel_starts_in_exact_order(steps | length, columns, backwards) }}
        {%- else %}{{ funnel_starts_in_this_order(steps | length, columns, backwards) }}
        {%- endif -%}
    {%- endset -%}
with

{{ funnel_events(steps, names, columns, keys | length, order, ties, where, events) }},

{{ starts }},

reached as (

    select
        *,
        {{ reached_step(steps | length, order, window_minutes) }} as reached_step
    from starts

),

{{ funnel_choice(steps | length, columns, backwards, order, window_minutes, counting, reentry) }}

select
    {%- for name in names %}
    {{ columns[loop.index0] }} as {{ name }},
    {%- endfor %}
    occurred_at as began_at,
    reached_step,
    {%- for step in steps %}
    case when reached_step >= {{ loop.index }} then step_{{ loop.index }}_at end as step_{{ loop.index }}_at
        {{- ',' if not loop.last }}
    {%- endfor %}
from chosen
{% endmacro %}


{#
  `matched_steps` has a bit for each step that an event matches, the highest for the first step. So at one instant earlier steps have
  greater numbers. With order='exact', an event that matches none has a number above all, which is first in its instant.
#}
{% macro funnel_events(steps, names, columns, key_count, order, ties, where, events) -%}
    {%- set event_names = [] -%}
    {%- set has_conditions = steps | selectattr('where', 'defined') | list | length > 0 -%}
matched as (

    select
        {%- for name in names %}
        {{ name }} as {{ columns[loop.index0] }},
        {%- endfor %}
        {{ 'occurred_at' if ties == 'instant' else "date_trunc('" ~ ties ~ "', occurred_at)" }} as occurred_at,
        {%- for step in steps %}
        {%- set event = step.event if step is mapping else step %}
        {%- set condition = step.where if step is mapping and step.where else none %}
        {%- do event_names.append(text_literal(event)) %}
        case
            when event_name = {{ text_literal(event) }}{{ ' and (' ~ condition ~ ')' if condition }}
                then {{ step_bit(loop.index, steps | length) }}
            else 0
        end {{ '+' if not loop.last else 'as matched_steps' }}
        {%- endfor %}
    from {{ events }}
    where
        occurred_at is not null
        {%- for name in names[:key_count] %}
        and {{ name }} is not null
        {%- endfor %}
        {%- if order != 'exact' %}
        and event_name in ({{ event_names | unique(case_sensitive=true) | join(', ') }})
        {%- endif %}
        {%- if where %}
        and ({{ where }})
        {%- endif %}

),

events as (

    {%- if order == 'exact' %}

    select
        {{ columns | join(', ') }},
        occurred_at,
        coalesce(nullif(matched_steps, 0), {{ 2 * step_bit(1, steps | length) }}) as matched_steps
    from matched
    {%- else %}

    select * from matched
    {%- if has_conditions %}
    where matched_steps > 0
    {%- endif %}
    {%- endif %}

)
{%- endmacro %}


{% macro funnel_starts_in_this_order(step_count, columns, backwards) -%}
    {%- for number in range(step_count, 1, -1) -%}
to_step_{{ number }} as (

    select
        {{ columns | join(', ') }},
        occurred_at,
        matched_steps,
        {%- for later in range(number, step_count + 1) %}
        {%- set time = 'occurred_at' if later == number else 'step_' ~ later ~ '_at' %}
        min(case when {{ matches_step(number, step_count) }} then {{ time }} end) over (
            {{ backwards }}
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


{% macro funnel_starts_in_exact_order(step_count, columns, backwards) -%}
marked as (

    select
        *,
        min(case when matched_steps < {{ 2 * step_bit(1, step_count) }} then occurred_at end) over (
            {{ backwards }}
            rows between unbounded preceding and 1 preceding
        ) as next_step_at
    from events

),

followed as (

    select
        {{ columns | join(', ') }},
        occurred_at,
        matched_steps,
        {%- for number in range(2, step_count + 1) %}
        lag(matched_steps, {{ number - 1 }}) over (
            {{ backwards }}
        ) as event_{{ number }}_steps,
        lag(occurred_at, {{ number - 1 }}) over (
            {{ backwards }}
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


{% macro funnel_starts_in_any_order(step_count, columns, backwards) -%}
followed as (

    select
        *,
        {%- for number in range(1, step_count + 1) %}
        min(case when {{ matches_step(number, step_count) }} then occurred_at end) over (
            {{ backwards }}
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


{% macro reached_step(step_count, order, window_minutes) -%}
case
            {%- for number in range(1 if order == 'any' else 2, step_count + 1) %}
            when
                step_{{ number }}_at is null
                or step_{{ number }}_at > {{ timestamp_add('minute', window_minutes, 'occurred_at') }}
                then {{ number - 1 }}
            {%- endfor %}
            else {{ step_count }}
        end
{%- endmacro %}


{% macro step_bit(number, step_count) %}
    {{- return(2 ** (step_count - number)) -}}
{% endmacro %}


{% macro matches_step(number, step_count, matched_steps='matched_steps') %}
    {{- return('(' ~ matched_steps ~ ' & ' ~ step_bit(number, step_count) ~ ') > 0') -}}
{% endmacro %}
