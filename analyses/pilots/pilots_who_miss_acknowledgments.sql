select
    pilot_id,
    missed_acknowledgment_count,
    order_count,
    1000 * cast(missed_acknowledgment_count as double precision) / order_count as missed_per_thousand_orders
from {{ ref('dim_pilots') }}
where order_count > 0
order by missed_acknowledgment_count desc, pilot_id asc
