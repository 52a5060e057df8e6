{{ event_stream([
    'stg_server_unlock_bot_started',
    'stg_server_unlock_bot_error',
    'stg_server_unlock_bot_open_lid_success',
    'stg_server_unlock_bot_open_lid_error',
]) }}
