{% macro stop_without_event_tables() %}
    {% if not execute or flags.WHICH not in ('run', 'build', 'freshness') or invocation_args_dict.get('empty') %}
        {{ return('') }}
    {% endif %}
    {% set schema = var('raw_schema') %}
    {% set tables = graph.sources.values() | selectattr('schema', 'equalto', schema) %}
    {% set declared = tables | map(attribute='identifier') | map('lower') | list %}
    {% if not declared | select('in', landed_columns(schema)) | list %}
        {% set unreadable = declared | select('in', unreadable_tables(schema) | map('lower') | list) | list %}
        {{ exceptions.raise_compiler_error(
            'None of the ' ~ declared | length ~ ' event tables can be read in schema ' ~ schema ~ ' of database ' ~ target.dbname
            ~ ', so nothing was run. ' ~ ('Grant usage on the schema and select on the tables to ' ~ (target.user or 'this user') ~ '.'
            if unreadable else 'Is the var raw_schema right, and has Segment loaded anything?')
        ) }}
    {% endif %}
    {{ return('') }}
{% endmacro %}


{#
  Simulated events are old, so the target `sandbox` is checked only if the command line sets the var. The first query ends at the first row
  that it finds. Only if it finds none, the second query reads the load times of all rows.
#}
{% macro stop_if_no_load_is_recent() %}
    {% set hours, given = var('newest_load_max_hours'), invocation_args_dict.get('vars') or {} %}
    {% set is_sandbox = target.name == 'sandbox' and 'newest_load_max_hours' not in given %}
    {% if not execute or hours is none or is_sandbox or flags.WHICH not in ('run', 'build', 'test', 'freshness') or invocation_args_dict.get('empty') %}
        {{ return('') }}
    {% endif %}
    {% set schema, loads = var('raw_schema'), [] %}
    {% for table in graph.sources.values() if table.schema == schema %}
        {% for raw in raw_tables_named(table.identifier | lower) %}
            {% set times = [conformed_value(table.columns.uuid_ts, raw.landed), conformed_value(table.columns.received_at, raw.landed)] %}
            {% do loads.append('select coalesce(' ~ times | join(', ') ~ ') as loaded_at from ' ~ raw_relation(raw)) %}
        {% endfor %}
    {% endfor %}
    {% if not loads %}{{ return('') }}{% endif %}
    {% set loads = '(' ~ loads | join('\nunion all\n') ~ ') as loads where loaded_at <= ' ~ timestamp_literal(run_started_at) %}
    {% set since = timestamp_literal(run_started_at - modules.datetime.timedelta(hours=hours)) %}
    {% if not run_query('select 1 as is_recent from ' ~ loads ~ ' and loaded_at >= ' ~ since ~ ' limit 1').rows | list %}
        {% set newest = run_query('select max(loaded_at) as newest_load from ' ~ loads).rows[0][0] %}
        {{ exceptions.raise_compiler_error(
            'No event table in schema ' ~ schema ~ ' has loaded a row for more than ' ~ hours ~ ' hours: '
            ~ ('the newest load was at ' ~ newest ~ ' UTC' if newest else 'no row has a load time')
            ~ '. Models and tests ran before this message. If Segment should have loaded, see docs/runbook.md. If the events are old on'
            ~ " purpose, add newest_load_max_hours: null to the command's --vars."
        ) }}
    {% endif %}
    {{ return('') }}
{% endmacro %}
