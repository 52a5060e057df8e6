select merchant_name
from {marts}.rpt_load_success_daily
group by merchant_name
