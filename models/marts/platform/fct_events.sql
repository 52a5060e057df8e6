{#- the properties of all events by type; those that a stream lacks are null -#}
{% set ids = [
    'order_id', 'robot_id', 'trip_id', 'pilot_id', 'merchant_id', 'delivery_attempt_id', 'faq_id', 'banner_id',
    'reported_troubleshooting_session_id', 'field_op_request_id', 'reported_reassignment_id', 'from_robot_id',
    'to_robot_id', 'new_trip_id', 'parking_location_id', 'workstation_id', 'reported_load_attempt_id',
    'unlock_request_id'
] %}
{% set texts = [
    'merchant_name', 'delivery_status', 'error_code', 'entry_channel', 'faq_title', 'rating_tags', 'optout_channel',
    'device_class', 'app_version', 'attempt_status', 'failure_reason', 'banner_variant', 'position',
    'cancellation_reason', 'trip_status', 'cancellation_block_reason', 'break_type', 'node_name', 'software_version',
    'initialization_status', 'flow_name', 'step_name', 'step_answer', 'problem_category', 'reset_reason',
    'mobile_carrier', 'from_sim', 'to_sim', 'issue_type', 'request_priority', 'reassignment_reason', 'incident_type',
    'incident_severity', 'load_method', 'requested_by', 'page_name', 'button_name', 'component_name', 'asset_type',
    'asset_host'
] %}
{% set numbers = {
    'eta_minutes': 'double precision', 'rating': 'bigint', 'duration_milliseconds': 'bigint',
    'distance_meters': 'double precision', 'displayed_savings': 'numeric(18, 2)',
    'planned_break_minutes': 'double precision', 'step_index': 'bigint', 'signal_strength': 'double precision',
    'gps_accuracy_meters': 'double precision', 'satellite_count': 'bigint',
    'acknowledgment_timeout_seconds': 'double precision', 'http_status': 'bigint'
} %}
{% set booleans = [
    'has_error_message', 'has_rating_comment', 'has_cancellation_note', 'has_incident_description', 'is_blocking'
] %}
{% set streams = {
    'order_tracker': [
        'order_id', 'merchant_id', 'delivery_attempt_id', 'faq_id', 'merchant_name', 'delivery_status', 'error_code',
        'entry_channel', 'faq_title', 'rating_tags', 'optout_channel', 'device_class', 'eta_minutes', 'rating',
        'has_error_message', 'has_rating_comment'
    ],
    'unlock': [
        'order_id', 'robot_id', 'merchant_id', 'delivery_attempt_id', 'merchant_name', 'error_code', 'device_class',
        'app_version', 'attempt_status', 'failure_reason', 'duration_milliseconds', 'distance_meters',
        'has_error_message'
    ],
    'app_banner': [
        'order_id', 'banner_id', 'merchant_name', 'delivery_status', 'device_class', 'banner_variant', 'position',
        'displayed_savings'
    ],
    'pilot_trip': [
        'order_id', 'robot_id', 'trip_id', 'pilot_id', 'error_code', 'device_class', 'cancellation_reason',
        'trip_status', 'cancellation_block_reason', 'break_type', 'node_name', 'software_version',
        'initialization_status', 'duration_milliseconds', 'planned_break_minutes', 'has_error_message',
        'has_cancellation_note'
    ],
    'pilot_troubleshooting': [
        'order_id', 'robot_id', 'trip_id', 'pilot_id', 'reported_troubleshooting_session_id', 'error_code',
        'device_class', 'flow_name', 'step_name', 'step_answer', 'problem_category', 'reset_reason', 'mobile_carrier',
        'from_sim', 'to_sim', 'duration_milliseconds', 'step_index', 'signal_strength', 'gps_accuracy_meters',
        'satellite_count', 'has_error_message'
    ],
    'pilot_field_ops': [
        'order_id', 'robot_id', 'trip_id', 'pilot_id', 'field_op_request_id', 'reported_reassignment_id',
        'from_robot_id', 'to_robot_id', 'new_trip_id', 'error_code', 'device_class', 'issue_type', 'request_priority',
        'reassignment_reason', 'incident_type', 'incident_severity', 'has_error_message', 'has_incident_description',
        'is_blocking', 'latitude'
    ],
    'pilot_acknowledgment': [
        'order_id', 'robot_id', 'trip_id', 'pilot_id', 'parking_location_id', 'device_class',
        'acknowledgment_timeout_seconds'
    ],
    'pilot_system': [
        'pilot_id', 'workstation_id', 'device_class', 'app_version'
    ],
    'server_load': [
        'order_id', 'robot_id', 'merchant_id', 'delivery_attempt_id', 'reported_load_attempt_id', 'merchant_name',
        'error_code', 'load_method', 'duration_milliseconds', 'has_error_message'
    ],
    'server_unlock': [
        'order_id', 'robot_id', 'merchant_id', 'delivery_attempt_id', 'unlock_request_id', 'merchant_name',
        'error_code', 'requested_by', 'duration_milliseconds', 'has_error_message'
    ],
    'ui_navigation': [
        'order_id', 'merchant_id', 'delivery_attempt_id', 'faq_id', 'merchant_name', 'device_class', 'page_name',
        'button_name'
    ],
    'error': [
        'order_id', 'merchant_id', 'delivery_attempt_id', 'merchant_name', 'error_code', 'device_class',
        'component_name', 'asset_type', 'asset_host', 'http_status', 'has_error_message'
    ],
} %}

with

events as (

    {% for family, names in streams.items() %}
    select
        event_id,
        {% for name in ids %}
        {{ name if name in names else 'cast(null as varchar(' ~ (32 if name == 'workstation_id' else 512) ~ ')) as ' ~ name }},
        {% endfor %}
        anonymous_id,
        event_name,
        cast('{{ family }}' as varchar(64)) as family,
        app,
        {% for name in texts %}
        {{ name if name in names else 'cast(null as varchar(' ~ (16 if name == 'device_class' else 512) ~ ')) as ' ~ name }},
        {% endfor %}
        {% for name, data_type in numbers.items() %}
        {{ name if name in names else 'cast(null as ' ~ data_type ~ ') as ' ~ name }},
        {% endfor %}
        {% for name in ['latitude', 'longitude'] %}
        -- about a kilometer
        {{ 'floor(' ~ name ~ ' * 100 + 0.5) / 100' if 'latitude' in names else 'cast(null as double precision)' }}
            as coarse_{{ name }},
        {% endfor %}
        {% for name in booleans %}
        {{ name if name in names else 'cast(null as boolean) as ' ~ name }},
        {% endfor %}
        is_clock_suspect,
        occurred_at,
        received_at,
        loaded_at
    from {{ ref('int_' ~ family ~ '_events') }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

final as (

    select
        event_id,
        cast({{ event_key() }} as varchar(32)) as event_key,
        {% for name in ids %}
        {{ name }},
        {% endfor %}
        anonymous_id,
        event_name,
        family,
        app,
        {% for name in texts %}
        {{ name }},
        {% endfor %}
        cast(lower(error_code) as varchar(512)) as normalized_error_code,
        {% for name in numbers %}
        {{ name }},
        {% endfor %}
        coarse_latitude,
        coarse_longitude,
        {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
        {% for name in booleans %}
        {{ name }},
        {% endfor %}
        is_clock_suspect,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        occurred_at,
        received_at,
        loaded_at
    from events

)

select * from final
