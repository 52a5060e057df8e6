select
    action,
    outcome,
    next_action,
    count(*) as action_count
from {marts}.fct_recovery_actions
where start_date between {first_day} and {last_day}
group by action, outcome, next_action
order by action, outcome, next_action
