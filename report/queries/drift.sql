select
    finding,
    count(*) as finding_count
from {marts}.rpt_contract_drift
group by finding
order by finding
