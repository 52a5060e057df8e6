{{ event_stream([
    'stg_pilot_requested_field_op',
    'stg_pilot_initiated_reassignment',
    'stg_pilot_submitted_reassignment',
    'stg_pilot_incident_report',
    'stg_pilot_route_issue',
    'stg_pilot_no_route_found',
]) }}
