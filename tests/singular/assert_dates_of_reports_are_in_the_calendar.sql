{%- for report in [
    'rpt_unlock_funnel_daily',
    'rpt_load_success_daily',
    'rpt_troubleshooting_outcomes_daily',
    'rpt_banner_performance_daily',
    'rpt_support_contacts_daily',
    'rpt_errors_hourly',
    'rpt_ui_interactions_daily',
    'fct_pilot_days',
    'fct_robot_days',
] %}
select
    '{{ report }}' as report_name,
    start_date
from {{ ref(report) }}
where start_date not in (select dates.date_day from {{ ref('dim_date') }} as dates)
{{ 'union' if not loop.last }}
{%- endfor %}
