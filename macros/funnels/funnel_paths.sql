{#
  Every window has the partition and the order of `backwards`, so that one sort is enough. Windows run from the newest event to the oldest:
  PostgreSQL updates a minimum while the frame grows, but computes it again for each row of a frame that shrinks.
#}
{% macro funnel_paths(
    steps, by='order_id', window_minutes=1440, order='this', counting='uniques', reentry=true, hold=[], group_by=[], ties='instant',
    where=none, events=none
) %}
    {%- set events = events or ref('fct_events') -%}
    {%- if not execute -%}{{ return('select 1') }}{%- endif -%}
    {%- set funnel = {
        'steps': steps, 'by': by, 'window_minutes': window_minutes, 'order': order, 'counting': counting, 'reentry': reentry,
        'hold': hold, 'group_by': group_by, 'ties': ties, 'where': where, 'events': events,
    } -%}
    {%- do check_funnel(funnel) -%}
    {%- set names = quoted_names(([by] + hold + group_by) | unique(case_sensitive=true)) -%}
    {%- set keys, groups = [], [] -%}
    {%- for name in names -%}
        {%- do (keys if loop.index0 <= hold | length else groups).append('column_' ~ loop.index) -%}
    {%- endfor -%}
    {%- set backwards -%}
partition by {{ keys | join(', ') }}
            order by occurred_at desc, matched_steps asc {%- for group in groups %}, {{ group }} desc{% endfor %}
    {%- endset -%}
    {%- do funnel.update({
        'step_count': steps | length, 'names': names, 'key_count': keys | length, 'columns': keys + groups, 'backwards': backwards,
    }) -%}
with

{{ funnel_events(funnel) }},

{{ funnel_starts(funnel) }},

reached as (

    select
        *,
        {{ reached_step(funnel) }} as reached_step
    from starts

),

{{ funnel_choice(funnel) }}

select
    {%- for name in names %}
    {{ funnel.columns[loop.index0] }} as {{ name }},
    {%- endfor %}
    occurred_at as began_at,
    reached_step,
    {%- for step in steps %}
    case when reached_step >= {{ loop.index }} then {{ step_time(loop.index, funnel) }} end as step_{{ loop.index }}_at
        {{- ',' if not loop.last }}
    {%- endfor %}
from chosen
{% endmacro %}
