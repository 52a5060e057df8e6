{{ config(materialized='view', bind=false) }}

-- Whatever makes the staging views anew makes this anew: both are as old as the last look at the catalog.
-- depends_on: {{ ref('int_landed_rows') }}
{{ event_tables() }}
