-- Do customers contact support more often in sessions with errors of the page, or in sessions with several clicks on unlock?

with

sessions as (

    select
        case when error_count > 0 then 'with errors' else 'without errors' end as page,
        case
            when unlock_click_count > 1 then 'several clicks'
            when unlock_click_count = 1 then 'one click'
            else 'no click'
        end as unlocking,
        has_support_contact,
        rating
    from {{ ref('fct_tracker_sessions') }}
    where open_count > 0

)

select
    page,
    unlocking,
    count(*) as session_count,
    sum(case when has_support_contact then 1 else 0 end) as contact_count,
    cast(sum(case when has_support_contact then 1 else 0 end) as double precision) / count(*) as contact_rate,
    avg(cast(rating as double precision)) as mean_rating
from sessions
group by page, unlocking
order by page, unlocking
