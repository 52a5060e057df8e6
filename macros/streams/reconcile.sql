{#
  Whether this run reconciles streams and facts with the raw tables, as the var `reconcile` asks for:
    true                                    everything
    {order_id: …} or {robot_id: …}          what belongs to one order or robot
    {from: 2026-09-01, to: 2026-09-02}      what happened on these days (UTC; `to` itself is left out)
  Within its scope such a run reads all raw rows, whatever their load time, takes away what the raw tables no longer hold, and computes
  the touched entities anew. Of a table that is gone, or that it may not read, it takes nothing away. Outside it does what every run does.
#}
{% macro is_reconciling() %}
    {% set scope = var('reconcile') %}
    {% if scope is mapping %}
        {% if not (scope.keys() | list in (['order_id'], ['robot_id']) or scope.keys() | sort | list == ['from', 'to']) %}
            {{ exceptions.raise_compiler_error(
                'The var reconcile may be true, {order_id: …}, {robot_id: …} or {from: <day>, to: <day>}, not ' ~ scope ~ '.'
            ) }}
        {% endif %}
        {{ return(true) }}
    {% endif %}
    {{ return(scope | string | lower == 'true') }}
{% endmacro %}


{#
  SQL of a condition: a row is in the scope of the reconciliation.
  prefix: `<relation>.` or nothing.  columns: the names of the relation's columns.  happened_at: its time column.
#}
{% macro reconciled_scope(prefix, columns, happened_at) %}
    {% set scope = var('reconcile') %}
    {% if scope is not mapping %}
        {{ return('1 = 1') }}
    {% elif 'from' in scope %}
        {{ return('(' ~ prefix ~ happened_at ~ " >= cast('" ~ scope['from'] ~ "' as timestamp) and "
            ~ prefix ~ happened_at ~ " < cast('" ~ scope['to'] ~ "' as timestamp))") }}
    {% endif %}
    {% for name, value in scope.items() %}
        {{ return(prefix ~ name ~ " = '" ~ value | string | replace("'", "''") ~ "'" if name in columns else '1 = 0') }}
    {% endfor %}
{% endmacro %}


{#
  SQL of a condition: a staging model's row belongs to an event that is new or in the scope of the reconciliation. All copies of such
  an event are read, so that what the stream holds has no say.
  staging_model: its name.  mark: SQL of the load time from which on its rows are new, see `load_marks`.  staging_columns, columns: the columns
  of the staging model and of the stream.
#}
{% macro reconciled_rows(staging_model, mark, staging_columns, columns) %}
    {%- if var('reconcile') is not mapping -%}
        1 = 1
    {%- else -%}
event_id in (
    select event_id
    from {{ ref(staging_model) }}
    where
        loaded_at is null
        or loaded_at >= {{ mark }}
        or {{ reconciled_scope('', staging_columns, 'occurred_at') }}
    union all
    select stored.event_id
    from {{ this }} as stored
    where
        stored.event_name = '{{ staging_model.removeprefix('stg_') }}'
        and {{ reconciled_scope('stored.', columns, 'occurred_at') }}
)
    {%- endif -%}
{% endmacro %}
