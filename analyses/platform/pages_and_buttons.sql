select
    event_name,
    coalesce(target_name, 'not given') as target_name,
    sum(interaction_count) as interaction_count
from {{ ref('rpt_ui_interactions_daily') }}
group by event_name, coalesce(target_name, 'not given')
order by interaction_count desc, event_name asc, target_name asc
