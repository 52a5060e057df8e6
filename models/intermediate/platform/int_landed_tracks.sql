{{ config(materialized='view', bind=false) }}

{{ landed_tracks() }}
