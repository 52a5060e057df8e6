{# Windows run backwards: the more newer events an entity has, the older the event. #}
{% macro funnel_choice(funnel) -%}
    {%- set step_count = funnel.step_count -%}
    {%- if funnel.counting == 'uniques' -%}
ranked as (

    select
        *,
        {{ 'reached_step * cast(10000000000 as bigint) + ' if funnel.reentry }}newer_count as path_rank
    from reached
    {%- if funnel.order == 'any' %}
    where reached_step > 0
    {%- endif %}

),

compared as (

    select
        *,
        max(path_rank) over (partition by {{ funnel.columns[:funnel.key_count] | join(', ') }}) as highest_path_rank
    from ranked

),

chosen as (

    select * from compared
    where path_rank = highest_path_rank

)
    {%- elif not funnel.reentry -%}
neighbours as (

    select
        *,
        lead(occurred_at) over (
            {{ funnel.backwards }}
        ) as older_at,
        lead(step_{{ step_count }}_at) over (
            {{ funnel.backwards }}
        ) as older_completed_at
    from reached

),

chosen as (

    select * from neighbours
    where
        older_at is null
        or older_completed_at < occurred_at
        or {{ timestamp_add('minute', funnel.window_minutes, 'older_at') }} < occurred_at

)
    {%- elif funnel.order == 'exact' -%}
chosen as (

    select * from reached

)
    {%- else -%}
neighbours as (

    select
        *,
        {%- for number in range(2, step_count + 1) %}
        lag(step_{{ number }}_at) over (
            {{ funnel.backwards }}
        ) as newer_{{ number }}_at
            {{- ',' if not loop.last }}
        {%- endfor %}
    from reached

),

chosen as (

    select
        {{ funnel.columns | join(', ') }},
        occurred_at,
        {%- for number in range(1, step_count + 1) %}
        step_{{ number }}_at,
        {%- endfor %}
        case
            {%- for number in range(2, step_count + 1) %}
            when reached_step < {{ number }} or step_{{ number }}_at = newer_{{ number }}_at then {{ number - 1 }}
            {%- endfor %}
            else {{ step_count }}
        end as reached_step
    from neighbours

)
    {%- endif -%}
{%- endmacro %}
