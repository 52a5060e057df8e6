with

source as (

    {{ conform(source('delivery_platform', 'app_banner_dismissed')) }}

),

renamed as (

    select
        ---------- ids
        id as event_id,
        order_id,
        banner_id,
        anonymous_id,
        user_id,

        ---------- strings
        cast('app_banner_dismissed' as varchar(512)) as event_name,
        cast('tracker_web' as varchar(16)) as app,
        merchant_name,
        delivery_status,
        variant as banner_variant,
        position,
        displayed_savings as displayed_savings_text,
        context_library_name as library_name,
        device_class,
        context_locale as locale,
        context_timezone as time_zone_name,
        context_page_url_host as page_host,
        context_page_path as page_path,
        context_page_title as page_title,
        context_page_referrer_host as referrer_host,

        ---------- numbers
        cast(
            case
                when trim(displayed_savings) ~ '^[$]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})([.][0-9]{1,18})?$'
                    then cast(replace(replace(trim(displayed_savings), '$', ''), ',', '') as numeric(32, 18))
            end as numeric(18, 2)
        ) as displayed_savings,
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
