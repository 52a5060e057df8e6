-- Whatever replaces the staging views replaces this report, so that both are as old as the last query of the catalog.
-- depends_on: {{ ref('int_landed_rows') }}
{{ contract_drift() }}
