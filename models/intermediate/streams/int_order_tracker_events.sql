{{ event_stream([
    'stg_order_tracker_open',
    'stg_order_tracker_faq_open',
    'stg_order_tracker_text_support_click',
    'stg_order_tracker_rating_submit',
    'stg_order_tracker_optout_error',
]) }}
