{#
  The only definition of what the vars may be. docs/vars.md shows it, and check_vars() checks it. Numbers are whole numbers, and the name of
  a var ends with its unit.
#}
{% macro declared_vars() %}
    {% set seconds, minutes, hours = [0, 86400], [0, 43200], [0, 8760] %}
    {{ return({
        'raw_schema': {'kind': 'name'},
        'raw_names': {'kind': 'raw names'},
        'placeholder_ids': {'kind': 'words'},
        'reconcile': {'kind': 'scope'},
        'load_overlap_hours': {'kind': 'number', 'range': hours},
        'newest_load_max_hours': {'kind': 'number', 'range': [1, 8760], 'or_null': true},
        'raw_retention_days': {'kind': 'number', 'range': [1, 36500], 'or_null': true},
        'allow_lost_events': {'kind': 'boolean'},
        'accept_changed_rules': {'kind': 'boolean'},
        'reporting_time_zone': {'kind': 'time zone'},
        'clock_skew_tolerance_minutes': {'kind': 'number', 'range': minutes},
        'history_starts_on': {'kind': 'date'},
        'event_delay_max_days': {'kind': 'number', 'range': [1, 36500]},
        'horizon_margin_minutes': {'kind': 'number', 'range': minutes},
        'unlock_reclick_seconds': {'kind': 'number', 'range': seconds},
        'unlock_server_join_minutes': {'kind': 'number', 'range': minutes},
        'unlock_restart_seconds': {'kind': 'number', 'range': seconds},
        'unlock_clock_tolerance_seconds': {'kind': 'number', 'range': seconds},
        'unlock_window_minutes': {'kind': 'number', 'range': minutes},
        'load_restart_seconds': {'kind': 'number', 'range': seconds},
        'load_window_minutes': {'kind': 'number', 'range': minutes},
        'silence_weeks': {'kind': 'number', 'range': [1, 52]},
        'silence_least_events': {'kind': 'number', 'range': [1, 1000000]},
        'troubleshooting_gap_minutes': {'kind': 'number', 'range': minutes},
        'troubleshooting_session_id_hours': {'kind': 'number', 'range': hours},
        'escalation_window_minutes': {'kind': 'number', 'range': minutes},
        'recovery_window_minutes': {'kind': 'number', 'range': minutes},
        'action_fail_minutes': {'kind': 'number', 'range': minutes},
        'cancel_after_block_minutes': {'kind': 'number', 'range': minutes},
        'order_under_way_hours': {'kind': 'number', 'range': hours},
        'tracker_gap_minutes': {'kind': 'number', 'range': minutes},
        'rating_min': {'kind': 'number', 'range': [0, 100]},
        'rating_max': {'kind': 'number', 'range': [0, 100]},
        'reassignment_window_minutes': {'kind': 'number', 'range': minutes},
        'node_launch_gap_minutes': {'kind': 'number', 'range': minutes},
    }) }}
{% endmacro %}


{% macro check_vars() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set vars, given, wrong = declared_vars(), invocation_args_dict.get('vars') or {}, [] %}
    {% for name in given if name not in vars %}
        {% do wrong.append(name ~ ' is not a var of this project') %}
    {% endfor %}
    {% for name, allowed in vars.items() %}
        {% set value = given[name] if name in given else var(name, none) %}
        {% if not var.has_var(name) or not is_allowed(allowed, value) %}
            {% set pairs = value.items() | map('join', ': ') | join(', ') if value is mapping %}
            {% set shown = '{' ~ pairs ~ '}' if value is mapping else tojson(value, value | string) %}
            {% do wrong.append(name ~ ' is ' ~ shown ~ ' and must be ' ~ allowed_values(name, allowed)) %}
        {% endif %}
    {% endfor %}
    {% if not wrong and var('rating_min') >= var('rating_max') %}
        {% do wrong.append('rating_min is ' ~ var('rating_min') ~ ' and must be less than rating_max, ' ~ var('rating_max')) %}
    {% endif %}
    {% if wrong %}
        {{ exceptions.raise_compiler_error(
            'These vars are wrong, and nothing was run: ' ~ wrong | join('; ') ~ '. docs/vars.md describes all vars.'
        ) }}
    {% endif %}
    {#- A warehouse has a list of zones of its own. Its error for a name that is not in it comes before anything is run. #}
    {% if var('reporting_time_zone') != 'UTC' %}
        {% do run_query('select ' ~ local_time("cast('2000-01-01' as timestamp)", var('reporting_time_zone')) ~ ' as local_time') %}
    {% endif %}
    {% do stop_if_no_event_has_the_id(var('reconcile')) if var('reconcile') is mapping %}
    {{ return('') }}
{% endmacro %}


{% macro stop_if_no_event_has_the_id(scope) %}
    {% for name, id in scope.items() if name in ('order_id', 'robot_id') %}
        {% set stored = run_query('select ' ~ id_as_staged(name, id) ~ ' as id').rows[0][0] %}
        {% if stored != id %}
            {% set advice = 'Tables store it as ' ~ tojson(stored) ~ '. Write {' ~ name ~ ': ' ~ tojson(stored) ~ '}.' %}
            {{ exceptions.raise_compiler_error(
                'reconcile: no event has the ' ~ name ~ ' ' ~ tojson(id) ~ ', and nothing was run. '
                ~ (advice if stored else 'Tables do not store it, because it is a placeholder or too long. Reconcile the days of its events.')
            ) }}
        {% endif %}
    {% endfor %}
{% endmacro %}


{% macro is_allowed(allowed, value) %}
    {% if value is none %}{{ return(allowed.or_null | default(false)) }}
    {% elif allowed.kind == 'number' %}{{ return(value is integer and allowed.range[0] <= value <= allowed.range[1]) }}
    {% elif allowed.kind == 'boolean' %}{{ return(value is boolean) }}
    {% elif allowed.kind == 'name' %}{{ return(is_plain_text(value) and '"' not in value) }}
    {% elif allowed.kind == 'time zone' %}{{ return(value is string and (value == 'UTC' or '/' in value and value in modules.pytz.all_timezones)) }}
    {% elif allowed.kind == 'date' %}{{ return(value | string | length == 10 and day_of_scope(value) is not none and value | string <= run_started_at.date() | string) }}
    {% elif allowed.kind == 'words' %}{{ return(is_list_of_texts(value)) }}
    {% elif allowed.kind == 'raw names' %}{{ return(is_raw_names(value)) }}
    {% elif value is not mapping %}{{ return(value is boolean) }}
    {#- YAML reads an id such as 0123 or 1.10 as a number, and as text the number is another id. #}
    {% elif value.keys() | list in (['order_id'], ['robot_id']) %}{{ return(is_plain_text(value.values() | first)) }}
    {% endif %}
    {% set days = [day_of_scope(value.get('from')), day_of_scope(value.get('to'))] %}
    {{ return(value.keys() | sort | list == ['from', 'to'] and none not in days and days[0] < days[1]) }}
{% endmacro %}


{% macro allowed_values(name, allowed) %}
    {% if allowed.kind == 'number' %}
        {% set unit = name.split('_') | last %}
        {% set unit = ' of ' ~ unit if unit in ('seconds', 'minutes', 'hours', 'days', 'weeks') else '' %}
        {{ return(
            'a whole number' ~ unit ~ ' from ' ~ allowed.range[0] ~ ' to ' ~ allowed.range[1]
            ~ (', or null' if allowed.or_null is defined else '')
        ) }}
    {% endif %}
    {{ return({
        'boolean': 'true or false',
        'name': 'a text that is not blank, without Jinja and double quotes',
        'time zone': 'UTC, or the IANA name of a time zone with its region, such as America/Los_Angeles',
        'date': 'a date that is not in the future, such as 2026-09-01',
        'words': 'a list of texts without blanks at their ends, such as [undefined, none], or []',
        'raw names': 'a list of raw names for each column of the contract, such as {robot_id: [vehicle_serial]}, or {}',
        'scope': 'true, false, {order_id: "<id>"}, {robot_id: "<id>"}, or {from: 2026-09-01, to: 2026-09-08}, where from is before to',
    }[allowed.kind]) }}
{% endmacro %}


{# dbt renders Jinja in vars, so a text with Jinja would be executed. #}
{% macro is_plain_text(value) %}
    {{ return(value is string and value | trim != '' and '{{' not in value and '{%' not in value and '{#' not in value) }}
{% endmacro %}


{% macro is_raw_names(value) %}
    {% if value is not mapping %}{{ return(false) }}{% endif %}
    {% set columns = [] %}
    {% for table in graph.sources.values() %}
        {% do columns.extend(table.columns) %}
    {% endfor %}
    {% for name, raw_names in value.items() %}
        {% if name not in columns or not raw_names or not is_list_of_texts(raw_names) %}{{ return(false) }}{% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}


{% macro is_list_of_texts(value) %}
    {% if value is not sequence or value is string or value is mapping %}{{ return(false) }}{% endif %}
    {% for text in value if not is_plain_text(text) or text | trim != text %}{{ return(false) }}{% endfor %}
    {{ return(true) }}
{% endmacro %}


{% macro day_of_scope(value) %}
    {% set text = value | string | replace('T', ' ') %}
    {% set time = '( ([01][0-9]|2[0-3])(:[0-5][0-9]){1,2})?' %}
    {% set part = modules.re.match('([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' ~ time ~ '\\Z', text) %}
    {% if part %}
        {% set month = modules.datetime.date(part.group(1) | int, part.group(2) | int, 1) %}
        {% set day = month + modules.datetime.timedelta(days=part.group(3) | int - 1) %}
    {% endif %}
    {{ return(text ~ ' 00:00:00'[text | length - 10:] if part and day.month == part.group(2) | int else none) }}
{% endmacro %}
