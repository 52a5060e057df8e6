with

sessions as (

    select *
    from {{ ref('int_tracker_sessions') }}

),

-- last user of each browser, packed with its time
browsers as (

    select
        browser_key,
        max({{ pack(time_digits('user_seen_at'), 'user_id') }}) as last_user
    from {{ ref('int_tracker_sessions') }}
    where user_id is not null
    group by browser_key

),

final as (

    select
        sessions.tracker_session_id,
        sessions.browser_key as entity_key,
        sessions.anonymous_id,
        {{ unpack('browsers.last_user') }} as user_id,
        sessions.order_id,
        cast(case when sessions.amplitude_session_id is null then 'gap' else 'amplitude' end as varchar(16)) as session_kind,
        cast(coalesce(sessions.device_class, 'unknown') as varchar(16)) as device_class,
        cast(coalesce(sessions.entry_channel, 'unknown') as varchar(512)) as entry_channel,
        sessions.amplitude_session_id,
        sessions.event_count,
        sessions.order_count,
        sessions.open_count,
        sessions.faq_count,
        sessions.support_click_count,
        sessions.unlock_click_count,
        sessions.banner_view_count,
        sessions.banner_click_count,
        sessions.banner_dismiss_count,
        sessions.error_count,
        sessions.optout_error_count,
        sessions.rating_submit_count,
        sessions.rating,
        case
            when not coalesce(sessions.is_clock_suspect, false)
                then {{ seconds_between('sessions.started_at', 'sessions.ended_at') }}
        end as seconds_to_end,
        {{ local_hour('sessions.started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('sessions.started_at', var('reporting_time_zone')) }} as start_weekday,
        sessions.user_id is not null as is_signed_in,
        sessions.support_click_count > 0 as has_support_contact,
        sessions.is_clock_suspect,
        {{ local_date('sessions.started_at', var('reporting_time_zone')) }} as start_date,
        sessions.started_at,
        sessions.ended_at,
        sessions.written_at
    from sessions
    left join browsers on sessions.browser_key = browsers.browser_key

)

select * from final
