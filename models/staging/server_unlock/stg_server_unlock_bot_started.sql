with

source as (

    {{ conform(source('delivery_platform', 'server_unlock_bot_started')) }}

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
        cast('server_unlock_bot_started' as varchar(512)) as event_name,
        cast('server' as varchar(16)) as app,
        merchant_name,
        requested_by,
        context_library_name as library_name,

        ---------- numbers
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
