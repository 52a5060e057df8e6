{#
  Pre-hook of a fact's increment: notes the entities that must be computed anew in the temporary table `touched()`, and counts them, so
  that the warehouse plans for a few entities and not for a share of history. Touched is an entity
    - that has an event staged since this fact was last written,
    - that such an event has left: the fact has a row that is known by the event, under another entity,
    - that is pending although the data horizon has passed its window, or the other way round: the horizon can retreat, too,
    - in the scope of a reconciliation, with an event or with a row.

  streams: names of models with the columns entity_key, event_name, event_id, occurred_at and staged_at.
  happened_at: column of the fact with the time by which a reconciliation finds a row.
  begun_by: column of the fact with the `event_key` of the event that a row is known by; none if the fact's rows are events.
  pending: how long a row without an outcome is `pending`, none if rows never are. {minutes: length of its window from `happened_at` on,
    overdue: list of the outcomes that take the place of `pending` once the horizon has passed the window}.
#}
{% macro note_touched(streams, happened_at, begun_by=none, pending=none) %}
    {% if execute and is_incremental() %}
        {% set fact_columns = model.columns.keys() | list %}
{{ prefer_indexes() }}
drop table if exists {{ touched() }};
drop table if exists {{ touched() }}_staged;
create temporary table {{ touched() }}_staged as
with

mark as (

    select coalesce(max(staged_at), cast('0001-01-01' as timestamp)) as staged_at
    from {{ this }}

)

    {% for stream in streams %}
    select
        entity_key,
        event_name,
        event_id,
        {{ event_key() }} as event_key
    from {{ ref(stream) }}
    where staged_at >= (select mark.staged_at from mark)
    {{ 'union all' if not loop.last }}
    {% endfor %}
;
analyze {{ touched() }}_staged;
create temporary table {{ touched() }} as
select entity_key
from {{ touched() }}_staged
union
select stored.entity_key
from {{ touched() }}_staged as staged
inner join {{ this }} as stored
    on
        {%- if begun_by %}
        {{ hashed('stored.' ~ begun_by) }} = {{ hashed('staged.event_key') }}
        and stored.{{ begun_by }} = staged.event_key
        {%- else %}
        {{ hashed('stored.event_id') }} = {{ hashed('staged.event_id') }}
        and stored.event_id = staged.event_id
        and stored.event_name = staged.event_name
        {%- endif %}
where staged.entity_key != stored.entity_key
        {% if pending %}
            {% set last_overdue = dbt.dateadd('minute', '-' ~ pending.minutes, data_horizon()) | trim %}
union
select entity_key
from {{ this }}
where
    outcome = 'pending'
    and {{ happened_at }} <= {{ last_overdue }}
            {% for outcome in pending.overdue %}
union
select entity_key
from {{ this }}
where
    outcome = '{{ outcome }}'
    and {{ happened_at }} > {{ last_overdue }}
            {% endfor %}
        {% endif %}
        {% if is_reconciling() %}
            {% for stream in streams %}
union
select entity_key
from {{ ref(stream) }}
where {{ reconciled_scope('', ['order_id', 'robot_id'], 'occurred_at') }}
            {% endfor %}
union
select entity_key
from {{ this }}
where {{ reconciled_scope('', fact_columns, happened_at) }}
        {% endif %}
;
analyze {{ touched() }};
    {% endif %}
{% endmacro %}


{#
  The temporary table of the entities that the increment of the fact at hand computes anew.
#}
{% macro touched() -%}
    {{ this.identifier }}__touched
{%- endmacro %}


{#
  For the `where` of a fact's increment: only rows of touched entities. Always true in a full refresh. Where two entities have the same
  hash, both are computed anew.
#}
{% macro is_touched() -%}
    {%- if is_incremental() -%}
    {{ hashed('entity_key') }} in (select {{ hashed('touched.entity_key') }} from {{ touched() }} as touched)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}
