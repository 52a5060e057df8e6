{#
  Pre-hook of a fact's increment: notes in the temporary table `news()` what was staged since the fact was last written, in `touched()` the
  entities that must be computed anew, and counts both, so that the warehouse plans for a few and not for a share of history. Touched is an
  entity
    - that has an event staged since this fact was last written,
    - that such an event has left: the fact has a row that is known by the event, under another entity or at another time,
    - that is pending although the data horizon has passed its window, or the other way round: the horizon can retreat, too,
    - in the scope of a reconciliation, with an event or with a row.
  `touched_from` is the earliest of the times at which this concerns it, of a reconciled entity the beginning of all times; only what is
  `recomputed_since` heeds it, see `join_touched`.

  streams: names of models that have an entity_key, or {name: SQL of the key of this fact's entities, null for what is none of its
    business, whatever becomes of it}. They have staged_at and the time of `time_of`; those of events have event_name and event_id.
  happened_at: column of the fact with the time by which a reconciliation finds a row.
  begun_by: column of the fact with the `event_key` of the event that a row is known by; none if the fact's rows are events.
  pending: how long a row without an outcome is `pending`, none if rows never are. {minutes: length of its window, since: column with the
    time from which on that counts (`happened_at` unless given), overdue: list of the outcomes that take the place of `pending` once
    the horizon has passed the window}.
#}
{% macro note_touched(streams, happened_at, begun_by=none, pending=none) %}
    {% if execute and is_incremental() %}
{{ lock_first() }}
{{ prefer_indexes() }}
create temporary table {{ news() }} as
with

mark as (

    select coalesce(max(staged_at), {{ first_time() }}) as staged_at
    from {{ this }}

)

    {% for stream in streams %}
        {% set columns = columns_of(stream) %}
        {% set key = streams[stream] if streams is mapping else 'entity_key' %}
    select
        {{ key }} as entity_key,
        {% if 'event_id' in columns %}
        event_name,
        event_id,
        {{ event_key() }} as event_key,
        {% else %}
        cast(null as varchar(512)) as event_name,
        cast(null as varchar(512)) as event_id,
        cast(null as varchar(32)) as event_key,
        {% endif %}
        {{ time_of(columns) }} as happened_at,
        staged_at
    from {{ ref(stream) }}
    where
        staged_at >= (select mark.staged_at from mark)
        and {{ key }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
;
analyze {{ news() }};
create temporary table {{ touched() }} as
with

concerned as (

    select
        entity_key,
        happened_at
    from {{ news() }}
    union all
    select
        stored.entity_key,
        stored.{{ happened_at }} as happened_at
    from {{ news() }} as news
    inner join {{ this }} as stored
        on
            {%- if begun_by %}
            {{ hashed('stored.' ~ begun_by) }} = {{ hashed('news.event_key') }}
            and stored.{{ begun_by }} = news.event_key
            {%- else %}
            {{ is_same_event('stored', 'news') | indent(12) }}
            {%- endif %}
        {% if pending %}
            {% set last_overdue = dbt.dateadd('minute', '-' ~ pending.minutes, data_horizon()) | trim %}
            {% for outcome in ['pending'] + pending.overdue %}
    union all
    select
        entity_key,
        {{ happened_at }} as happened_at
    from {{ this }}
    where
        outcome = '{{ outcome }}'
        and {{ pending.get('since', happened_at) }} {{ '<=' if outcome == 'pending' else '>' }} {{ last_overdue }}
            {% endfor %}
        {% endif %}
        {% if is_reconciling() %}
            {% for stream in streams %}
                {% set columns = columns_of(stream) %}
    union all
    select
        {{ streams[stream] if streams is mapping else 'entity_key' }} as entity_key,
        {{ first_time() }} as happened_at
    from {{ ref(stream) }}
    where {{ reconciled_scope('', columns, time_of(columns)) }}
            {% endfor %}
    union all
    select
        entity_key,
        {{ first_time() }} as happened_at
    from {{ this }} as stored
    where {{ reconciled_rows_of_fact(streams, happened_at, begun_by) | indent(8) }}
        {% endif %}

),

earliest as (

    select
        entity_key,
        coalesce(min(happened_at), {{ no_time() }}) as touched_from
    from concerned
    group by entity_key

)

        {% set quiet = model.config.meta.get('quiet') %}
        {% if quiet %}
select
    earliest.entity_key,
    coalesce(
        min(case when stored.{{ quiet.began_at }} < earliest.touched_from then stored.{{ quiet.began_at }} end),
        earliest.touched_from
    ) as touched_from
from earliest
left join {{ this }} as stored
    on
        {{ hashed('stored.entity_key') }} = {{ hashed('earliest.entity_key') }}
        and stored.entity_key = earliest.entity_key
        and coalesce(stored.{{ happened_at }}, {{ no_time() }}) <= earliest.touched_from
        and coalesce(stored.{{ happened_at }}, {{ no_time() }})
        >= {{ dbt.dateadd('minute', '-' ~ quiet.minutes, 'earliest.touched_from') | trim }}
group by earliest.entity_key, earliest.touched_from
        {% else %}
select *
from earliest
        {% endif %}
;
analyze {{ touched() }};
    {% endif %}
{% endmacro %}


{#
  SQL of a condition on rows `stored` of the fact at hand: in the scope of the reconciliation. A fact without the column by which the
  scope is told has there what its streams have no more.

  streams, happened_at, begun_by: as for `note_touched`.
#}
{% macro reconciled_rows_of_fact(streams, happened_at, begun_by) %}
    {% set scope = reconciled_scope('stored.', model.columns, happened_at) %}
    {%- if scope != '1 = 0' -%}
{{ scope }}
    {%- else -%}
        {%- for stream in streams if 'event_id' in columns_of(stream) -%}
not exists (
    select 1
    from {{ ref(stream) }} as present
    where
            {%- if begun_by %}
        {{ event_key() }} = stored.{{ begun_by }}
            {%- else %}
        present.event_id = stored.event_id
        and present.event_name = stored.event_name
            {%- endif %}
)
            {{- '\nand ' if not loop.last -}}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{#
  The temporary table of the entities that the increment of the fact at hand computes anew.
#}
{% macro touched() -%}
    {{ this.identifier }}__touched
{%- endmacro %}


{#
  SQL of the time that stands for none where rows are found by their time: later than all others.
#}
{% macro no_time() -%}
    cast('9999-12-31' as timestamp)
{%- endmacro %}


{#
  SQL of a time that is earlier than all others.
#}
{% macro first_time() -%}
    cast('0001-01-01' as timestamp)
{%- endmacro %}


{#
  The name of the column that says when a row of a model happened.
  columns: the model's columns, from its YAML.
#}
{% macro time_of(columns) %}
    {{ return(['occurred_at', 'started_at', 'rated_at'] | select('in', columns) | first) }}
{% endmacro %}


{#
  The columns of a model, from its YAML.
  name: of the model.
#}
{% macro columns_of(name) %}
    {{ return((graph.nodes.values() | selectattr('name', 'equalto', name) | first).columns) }}
{% endmacro %}
