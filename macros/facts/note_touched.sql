{#
  Pre-hook of a fact's increment: notes the entities that must be computed anew in the temporary table `touched()`, and counts them, so
  that the warehouse plans for a few entities and not for a share of history. Touched is an entity
    - that has an event staged since this fact was last written,
    - that such an event has left: the fact has a row that is known by the event, under another entity,
    - that is pending although the data horizon has passed its window,
    - in the scope of a reconciliation, with an event or with a row.

  streams: names of models with the columns entity_key, event_name, event_id, occurred_at and staged_at.
  row_key: column of the fact with the `event_key` of the event that a row is known by.
  happened_at: column of the fact with the time by which a reconciliation finds a row.
  pending_minutes: length of the window, from `happened_at` on, in which a row may have the outcome `pending`; none if rows never have.
#}
{% macro note_touched(streams, row_key, happened_at, pending_minutes=none) %}
    {% if execute and is_incremental() %}
        {% set fact_columns = model.columns.keys() | list %}
{{ prefer_indexes() }}
drop table if exists {{ touched() }};
create temporary table {{ touched() }} as
with

mark as (

    select coalesce(max(staged_at), cast('0001-01-01' as timestamp)) as staged_at
    from {{ this }}

),

staged as (

    {% for stream in streams %}
    select
        entity_key,
        {{ event_key() }} as event_key
    from {{ ref(stream) }}
    where staged_at > (select mark.staged_at from mark)
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select entity_key
from staged
union
select stored.entity_key
from staged
inner join {{ this }} as stored on staged.event_key = stored.{{ row_key }}
where staged.entity_key != stored.entity_key
        {% if pending_minutes is not none %}
union
select entity_key
from {{ this }}
where
    outcome = 'pending'
    and {{ dbt.dateadd('minute', pending_minutes, happened_at) | trim }} <= {{ data_horizon() }}
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
  For the `where` of a fact's increment: only rows of touched entities. Always true in a full refresh.
#}
{% macro is_touched() -%}
    {%- if is_incremental() -%}
    entity_key in (select touched.entity_key from {{ touched() }} as touched)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}


{#
  SQL of the data horizon, a timestamp in UTC: what has no outcome when the horizon has passed its window will not get one. Null while
  there are no events.
#}
{% macro data_horizon() -%}
    (select {{ dbt.dateadd('minute', '-' ~ var('horizon_margin_minutes'), 'max(received_through)') | trim }} from {{ ref('int_data_horizon') }})
{%- endmacro %}
