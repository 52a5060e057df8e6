{# Windows run backwards, so the last path in their order is the oldest one. #}
{% macro funnel_choice(funnel) -%}
    {%- set step_count = funnel.step_count -%}
    {%- if funnel.counting == 'uniques' -%}
        {%- if funnel.reentry -%}
furthest as (

    select
        *,
        max(reached_step) over (
            {{ funnel.backwards }}
            rows between unbounded preceding and unbounded following
        ) as furthest_step
    from reached
    where reached_step > 0

),

{% endif -%}
numbered as (

    select
        *,
        lead(occurred_at) over (
            {{ funnel.backwards }}
        ) as older_at
    {%- if funnel.reentry %}
    from furthest
    where reached_step = furthest_step
    {%- else %}
    from reached
    where reached_step > 0
    {%- endif %}

),

chosen as (

    select * from numbered
    where older_at is null

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
