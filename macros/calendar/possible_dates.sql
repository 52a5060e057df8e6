{# If nothing has been received, no date is too late. #}
{% macro is_possible_date(date) %}
    {% set newest = local_time('max(received_through)', var('reporting_time_zone')) %}
    {% set latest = '(select cast(' ~ timestamp_add('day', 1, newest) ~ ' as date) from ' ~ ref('int_data_horizon') ~ ')' %}
    {% set earliest = 'cast(' ~ text_literal(var('history_starts_on') | string) ~ ' as date)' %}
    {{- return(date ~ ' between ' ~ earliest ~ ' and coalesce(' ~ latest ~ ', ' ~ date ~ ')') -}}
{% endmacro %}
