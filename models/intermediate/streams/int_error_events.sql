{{ event_stream([
    'stg_error_mercator_error',
    'stg_merchant_asset_missing',
    'stg_order_tracker_open_error',
]) }}
