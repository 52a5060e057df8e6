with

sessions as (

    select
        case when error_count > 0 then 'with errors' else 'without errors' end as page,
        case
            when unlock_click_count > 1 then 'several clicks'
            when unlock_click_count = 1 then 'one click'
            else 'no click'
        end as unlocking,
        case when has_support_contact then 1 else 0 end as has_contact
    from {{ ref('fct_tracker_sessions') }}
    where open_count > 0

)

select
    page,
    unlocking,
    count(*) as session_count,
    sum(has_contact) as contact_count,
    cast(sum(has_contact) as double precision) / count(*) as contact_rate
from sessions
group by page, unlocking
order by contact_rate desc, page asc, unlocking asc
