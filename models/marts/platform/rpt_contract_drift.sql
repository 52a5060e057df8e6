-- Whatever makes the staging views anew makes this report anew: both are as old as the last look at the catalog.
-- depends_on: {{ ref('int_landed_rows') }}
{{ contract_drift() }}
