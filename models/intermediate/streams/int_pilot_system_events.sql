{{ event_stream([
    'stg_pilot_workstation_hostname',
]) }}
