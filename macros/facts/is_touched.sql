{#
  For the `where` of a fact's increment: only rows of touched entities. Always true in a full refresh. Where two entities have the same
  hash, both are computed anew.

  key: column of the read model with the key of the fact's entities.
#}
{% macro is_touched(key='entity_key') -%}
    {%- if is_incremental() -%}
    {{ hashed(key) }} in (select {{ hashed('touched.entity_key') }} from {{ touched() }} as touched)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}


{#
  For facts of entities that live for years, as robots do. Such a fact has the config

      meta={'recomputed_since': <its time column>, 'quiet': {'minutes': …, 'began_at': <column>}}

  and is computed anew, entity by entity, from `touched_from` on; what happened before stays as it is. That is right if nothing before that
  time depends on anything after it. So `note_touched` sets it back to where the stored rows of the `quiet` minutes before
  it began. A fact without `quiet` is made of the rows of one that has it.

  SQL of a join, after `from {{ '{{ ref(…) }}' }} as <rows>`, that leaves only what is computed anew; nothing in a full refresh. It gives
  `touched_from()`.

  rows: alias of the relation that is read.  key: its column with the key of the entities.  happened_at: its time column.
  lead: SQL of the minutes that are read before `touched_from`, for what has to be known of the time before.
#}
{% macro join_touched(rows, key='entity_key', happened_at='occurred_at', lead=0) -%}
    {%- if is_incremental() -%}
inner join {{ touched() }} as touched
    on {{ is_touched_since(rows, key, happened_at, lead) | indent(8) }}
    {%- endif -%}
{%- endmacro %}


{#
  SQL of the time from which on what `join_touched` joined is computed anew: the beginning of all times in a full refresh. What was read
  by its `lead` happened before.
#}
{% macro touched_from() -%}
    {{ 'touched.touched_from' if is_incremental() else first_time() }}
{%- endmacro %}


{#
  SQL of a condition on rows and `touched`: see `join_touched`. PostgreSQL finds the rows by an index on the hashed key and on
  `coalesce(<time>, cast('9999-12-31' as timestamp))`.
#}
{% macro is_touched_since(rows, key, happened_at, lead=0) -%}
{{ hashed(rows ~ '.' ~ key) }} = {{ hashed('touched.entity_key') }}
and {{ rows }}.{{ key }} = touched.entity_key
and coalesce({{ rows }}.{{ happened_at }}, {{ no_time() }})
>= {{ dbt.dateadd('minute', '-' ~ lead, 'touched.touched_from') | trim if lead else 'touched.touched_from' }}
{%- endmacro %}
