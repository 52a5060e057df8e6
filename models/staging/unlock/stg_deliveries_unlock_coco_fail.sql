with

source as (

    {{ conform(source('delivery_platform', 'deliveries_unlock_coco_fail')) }}

),

renamed as (

    select
        ---------- ids
        id as event_id,
        order_id,
        robot_id,
        merchant_id,
        attempt_id as delivery_attempt_id,
        anonymous_id,
        user_id,

        ---------- strings
        cast('deliveries_unlock_coco_fail' as varchar(512)) as event_name,
        cast(
            case
                when context_library_name is null then 'unknown'
                when context_library_name <> 'analytics.js' then 'server'
                else 'tracker_web'
            end as varchar(16)
        ) as app,
        merchant_name,
        app_version,
        error_code,
        reason as failure_reason,
        context_library_name as library_name,
        device_class,
        context_locale as locale,
        context_timezone as time_zone_name,
        context_page_url_host as page_host,
        context_page_path as page_path,
        context_page_title as page_title,
        context_page_referrer_host as referrer_host,

        ---------- numbers
        duration_ms as duration_milliseconds,
        context_actions_amplitude_session_id as amplitude_session_id,
        refused_value_count,
        cut_value_count,

        ---------- booleans
        has_error_message,
        has_refused_time,

        ---------- timestamps
        coalesce("timestamp", original_timestamp, received_at) as occurred_at,
        received_at,
        coalesce(uuid_ts, received_at) as loaded_at

    from source

)

select * from renamed
