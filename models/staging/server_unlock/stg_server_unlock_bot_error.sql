with

source as (

    {{ conform(source('delivery_platform', 'server_unlock_bot_error')) }}

),

renamed as (

    select
        ---------- ids
        id as event_id,
        order_id,
        robot_id,
        merchant_id,
        attempt_id as delivery_attempt_id,
        unlock_request_id,
        anonymous_id,
        user_id,

        ---------- strings
        cast('server_unlock_bot_error' as varchar(512)) as event_name,
        cast('server' as varchar(16)) as app,
        merchant_name,
        error_code,
        requested_by,
        context_library_name as library_name,

        ---------- numbers
        duration_ms as duration_milliseconds,
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
