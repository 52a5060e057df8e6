{{ event_stream([
    'stg_app_banner_viewed',
    'stg_app_banner_clicked',
    'stg_app_banner_dismissed',
]) }}
