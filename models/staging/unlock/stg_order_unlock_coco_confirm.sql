with

source as (

    {{ conform(source('delivery_platform', 'order_unlock_coco_confirm')) }}

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
        cast('order_unlock_coco_confirm' as varchar(512)) as event_name,
        cast('tracker_web' as varchar(16)) as app,
        merchant_name,
        app_version,
        attempt_status,
        context_library_name as library_name,
        device_class,
        context_locale as locale,
        context_timezone as time_zone_name,
        context_page_url_host as page_host,
        context_page_path as page_path,
        context_page_title as page_title,
        context_page_referrer_host as referrer_host,

        ---------- numbers
        context_actions_amplitude_session_id as amplitude_session_id,
        refused_value_count,
        cut_value_count,

        ---------- booleans
        has_refused_time,

        ---------- timestamps
        coalesce("timestamp", original_timestamp, received_at) as occurred_at,
        received_at,
        coalesce(uuid_ts, received_at) as loaded_at

    from source

)

select * from renamed
