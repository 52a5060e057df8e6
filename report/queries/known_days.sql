with

starts as (

    select start_date from {marts}.fct_unlock_attempts
    where not is_clock_suspect
    union all
    select start_date from {marts}.fct_load_attempts
    where not is_clock_suspect
    union all
    select start_date from {marts}.fct_troubleshooting_sessions
    where not is_clock_suspect

)

select
    min(start_date) as first_day,
    max(start_date) as last_day
from starts
