with

starts as (

    select start_date
    from {marts}.fct_unlock_attempts
    where not is_clock_suspect
    union all
    select start_date
    from {marts}.fct_load_attempts
    where not is_clock_suspect
    union all
    select start_date
    from {marts}.fct_troubleshooting_sessions
    where not is_clock_suspect

)

select
    min(starts.start_date) as first_day,
    coalesce(max(case when days.is_fully_loaded then starts.start_date end), max(starts.start_date)) as last_day
from starts
inner join {marts}.dim_date as days on starts.start_date = days.date_day
