{% macro funnel(
    steps, by='order_id', window_minutes=1440, order='this', counting='uniques', reentry=true, hold=[], group_by=[], ties='instant',
    where=none, events=none
) %}
    {%- set paths = funnel_paths(steps, by, window_minutes, order, counting, reentry, hold, group_by, ties, where, events) -%}
    {%- if not execute -%}{{ return(paths) }}{%- endif -%}
    {%- set groups = quoted_names(group_by) -%}
    {#- With any order, a path may begin before the first step. #}
    {%- set first = 0 if order == 'any' else 1 -%}
with

paths as (
{{ paths }}
),

-- Times in whole seconds, so that step times are differences of whole numbers; null for a step that was not reached.
timed as (

    select
        {% for group in groups %}
        {{ group }},
        {% endfor %}
        {% if first == 0 %}
        {{ whole_seconds('began_at') }} as second_0,
        {% endif %}
        {% for step in steps %}
        {{ whole_seconds('step_' ~ loop.index ~ '_at') }} as second_{{ loop.index }}{{ ',' if not loop.last }}
        {% endfor %}
    from paths

),

-- All percentiles of a select are of one column, because Redshift requires it.
measured as (

    {% for step in steps %}
    {% set number, is_last = loop.index, loop.last %}
    {% for since in ['start', 'previous'] if since == 'start' or number > 1 %}
    {% set seconds = 'second_' ~ number ~ ' - second_' ~ (first if since == 'start' else number - 1) %}
    select
        {% for group in groups %}
        {{ group }},
        {% endfor %}
        cast({{ number }} as bigint) as step_number,
        cast('{{ since }}' as varchar(8)) as since,
        count(second_{{ number }}) as path_count,
        count(second_{{ [number - 1, first] | max }}) as previous_count,
        count(*) as first_count,
        percentile_cont(0.5) within group (order by {{ seconds }}) as median_seconds,
        percentile_cont(0.9) within group (order by {{ seconds }}) as p90_seconds
    from timed
    {{ 'group by ' ~ groups | join(', ') if groups }}
    {{ 'union all' if not (is_last and since == 'previous') }}
    {% endfor %}
    {% endfor %}

)

select
    {% for group in groups %}
    {{ group }},
    {% endfor %}
    step_number,
    cast(
        case step_number
            {% for step in steps %}
            when {{ loop.index }} then {{ text_literal(step.name or step.event if step is mapping else step) }}
            {% endfor %}
        end as varchar(512)
    ) as step_name,
    max(path_count) as path_count,
    cast(max(path_count) as double precision) / nullif(max(first_count), 0) as conversion_rate,
    cast(max(path_count) as double precision) / nullif(max(previous_count), 0) as step_conversion_rate,
    max(case when since = 'previous' then median_seconds end) as median_seconds,
    max(case when since = 'previous' then p90_seconds end) as p90_seconds,
    max(case when since = 'start' then median_seconds end) as median_seconds_from_start,
    max(case when since = 'start' then p90_seconds end) as p90_seconds_from_start
from measured
group by {{ (groups + ['step_number']) | join(', ') }}
order by {{ (groups + ['step_number']) | join(', ') }}
{% endmacro %}


{# PostgreSQL's epoch costs half as much as what dbt makes of seconds_between, and has no fraction here. #}
{% macro whole_seconds(time) %}
    {%- if target.type == 'postgres' -%}
        {{- return("date_part('epoch', date_trunc('second', " ~ time ~ '))') -}}
    {%- endif -%}
    {{- return(seconds_between(earliest_time(), time)) -}}
{% endmacro %}


{% macro quoted_names(names) %}
    {% set quoted = [] %}
    {% for name in names %}{% do quoted.append(adapter.quote(name)) %}{% endfor %}
    {{ return(quoted) }}
{% endmacro %}
