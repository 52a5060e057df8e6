{{ event_stream([
    'stg_order_unlock_coco',
    'stg_order_unlock_coco_confirm',
    'stg_deliveries_unlock_coco_success',
    'stg_deliveries_unlock_coco_fail',
]) }}
