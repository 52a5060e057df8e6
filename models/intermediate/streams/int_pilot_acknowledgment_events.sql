{{ event_stream([
    'stg_pilot_failed_to_acknowledge_delivery_in_progress',
    'stg_pilot_confirm_bot_parked_success',
]) }}
