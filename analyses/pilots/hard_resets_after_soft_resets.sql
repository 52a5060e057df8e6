-- When a pilot soft-resets a robot, how often is a hard reset on the same trip the next event, within 15 minutes?

{{ funnel(
    steps=['pilot_soft_reset', 'pilot_hard_reset'],
    by='robot_id',
    window_minutes=15,
    order='exact',
    counting='totals',
    hold=['trip_id'],
    events=ref('fct_events'),
) }}
