select
    highest_action,
    outcome,
    count(*) as session_count
from {marts}.fct_troubleshooting_sessions
where start_date between {first_day} and {last_day}
group by highest_action, outcome
order by highest_action, outcome
