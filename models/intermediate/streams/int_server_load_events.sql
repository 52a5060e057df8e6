{{ event_stream([
    'stg_server_load_order_started',
    'stg_server_load_order_success',
    'stg_server_load_order_error',
    'stg_server_load_order_close_lid_success',
    'stg_server_load_order_close_lid_error',
]) }}
