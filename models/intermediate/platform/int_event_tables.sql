{{ config(materialized='view', bind=false) }}

-- Whatever replaces the staging views replaces this view, so that both are as old as the last query of the catalog.
-- depends_on: {{ ref('int_landed_rows') }}
{{ event_tables() }}
