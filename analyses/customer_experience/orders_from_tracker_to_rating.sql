-- Of the orders whose tracker was opened, how many were unlocked, opened and rated within a day, and how long did each step take?

{{ funnel(
    steps=[
        {'event': 'order_tracker_open', 'name': 'tracker opened'},
        {'event': 'order_unlock_coco', 'name': 'unlock requested'},
        {'event': 'server_unlock_bot_open_lid_success', 'name': 'lid opened'},
        {'event': 'order_tracker_rating_submit', 'name': 'rated'},
    ],
    by='order_id',
    window_minutes=1440,
    ties='second',
    where='not is_clock_suspect',
) }}
