{#
  SQL: the rows of staging models with an event id, in a stream's columns, one `select` per model.
  staging_models: their names.  columns: the stream's columns, from its YAML.
  marks: see `load_marks`. Given, only what the stream may not have yet, without staged_at, see `note_arrived`.
#}
{% macro union_of_staging(staging_models, columns, marks=none) %}
    {%- for name in staging_models -%}
        {%- set event_name = name.removeprefix('stg_') -%}
        {%- set mark = (marks or {}).get(event_name, first_time()) -%}
        {%- set staging_columns = (graph.nodes.values() | selectattr('name', 'equalto', name) | first).columns %}
(
    select
        {%- for column in columns.values() if not (marks is not none and column.name == 'staged_at') %}
        {{ stream_value(column, staging_columns) }} as {{ column.name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(name) }}
    where
        event_id is not null
        {%- if marks is not none and is_reconciling() %}
        and {{ reconciled_rows(name, mark, staging_columns, columns) | trim | indent(8) }}
        {%- elif marks is not none %}
        and (loaded_at is null or loaded_at >= {{ mark }})
    except
    select {{ event_columns(columns) }}
    from {{ this }}
    where
        {{ hashed('event_name') }} = {{ hashed("'" ~ event_name ~ "'") }}
        and event_name = '{{ event_name }}'
        and loaded_at >= {{ mark }}
        {%- endif %}
)
        {%- if not loop.last %}
union all
        {%- endif %}
    {%- endfor %}
{% endmacro %}


{#
  SQL of one column of a stream, from a staging model.
  column: the stream's column. Its meta may say
    keyed_hash_of  the personal column that it is the keyed hash of (md5, 32 hex digits)
    entity         the ids, in order of preference, that name the entity of an event: `order:…` from order_id, `robot:…` from
                   robot_id; an event with none of them is an entity of its own, `none:…`
    entity_of_app  the only app whose events' ids name entities; the events of others are entities of their own
    divided_by     the number that, where it is positive, makes an entity of its own of some of an id's events: `amplitude:…:7`
                   by amplitude_session_id 7
  staging_columns: the columns of the staging model.
#}
{% macro stream_value(column, staging_columns) %}
    {% set hashed = column.config.meta.get('keyed_hash_of') %}
    {% set entity = column.config.meta.get('entity') %}
    {% set entity_of_app = column.config.meta.get('entity_of_app') %}
    {% set divided_by = column.config.meta.get('divided_by') %}
    {% if column.name == 'staged_at' %}
        {{ return(written_at()) }}
    {% elif column.name == 'is_clock_suspect' %}
        {{ return(is_ahead_of_receipt()) }}
    {% elif entity %}
        {% set kinds = [] %}
        {% for id in entity if id in staging_columns %}
            {% set key = "'" ~ id.removesuffix('_id') ~ ":' || " ~ id %}
            {% if divided_by in staging_columns %}
                {% set part = "'" ~ divided_by.split('_') | first ~ ":' || " ~ id ~ " || ':' || cast(" ~ divided_by ~ " as varchar(20))" %}
                {% set key = 'case when ' ~ divided_by ~ ' > 0 then ' ~ part ~ ' else ' ~ key ~ ' end' %}
            {% endif %}
            {% do kinds.append("case when app = '" ~ entity_of_app ~ "' then " ~ key ~ " end" if entity_of_app else key) %}
        {% endfor %}
        {% do kinds.append("'none:' || " ~ event_key()) %}
        {{ return('cast(coalesce(' ~ kinds | join(', ') ~ ') as ' ~ column.data_type ~ ')') }}
    {% elif hashed in staging_columns %}
        {{ return("cast(md5('" ~ var('hash_key') ~ "' || " ~ hashed ~ ') as ' ~ column.data_type ~ ')') }}
    {% elif column.name in staging_columns %}
        {{ return(column.name) }}
    {% endif %}
    {{ return('cast(null as ' ~ column.data_type ~ ')') }}
{% endmacro %}


{#
  SQL of whether an event claims to have happened later than it was received, beyond the tolerance: boolean, never null.
#}
{% macro is_ahead_of_receipt() %}
    {{ return('coalesce(occurred_at > '
        ~ dbt.dateadd('minute', var('clock_skew_tolerance_minutes'), 'received_at') | trim ~ ', false)') }}
{% endmacro %}


{#
  SQL of the key of an event, the md5 of its name and id: varchar(32). What an event begins is known by this key.
#}
{% macro event_key() -%}
    cast(md5(event_name || '|' || event_id) as varchar(32))
{%- endmacro %}
