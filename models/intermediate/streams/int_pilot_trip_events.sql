{{ event_stream([
    'stg_pilot_cancel_trip',
    'stg_pilot_unable_to_cancel_trip',
    'stg_pilot_start_break',
    'stg_node_auto_launch',
    'stg_node_initialization',
]) }}
