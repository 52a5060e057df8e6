{#- Reports by the start of a fact. Those by the times of single events may have dates of suspect clocks that no fact has. -#}
{%- for report in [
    'rpt_unlock_funnel_daily',
    'rpt_load_success_daily',
    'rpt_troubleshooting_outcomes_daily',
    'rpt_banner_performance_daily',
] %}
select
    '{{ report }}' as report_name,
    start_date
from {{ ref(report) }}
where start_date not in (select dates.date_day from {{ ref('dim_date') }} as dates)
{{ 'union' if not loop.last }}
{%- endfor %}
