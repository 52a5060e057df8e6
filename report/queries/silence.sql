select
    event_name,
    app,
    seconds_silent,
    is_landed,
    is_silent,
    last_received_at
from {marts}.rpt_event_silence
order by event_name
