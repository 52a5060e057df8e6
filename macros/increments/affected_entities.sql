{% macro affected_entities_query() %}
    {%- set session_gap = model.config.meta.get('session_gap') -%}
    {%- set found_by_event = increment_inputs() | selectattr('node.columns.event_id', 'defined') | list -%}
with

causes as (

    select
        entity_key,
        occurred_at
    from {{ temporary_table('changes') }}
    {%- if found_by_event %}
    union all
    select
        existing.entity_key,
        existing.{{ event_time() }} as occurred_at
    from {{ temporary_table('changes') }} as changed
    inner join {{ this }} as existing
        on {{ is_row_of_event('existing', 'changed') | indent(8) }}
    {%- endif %}
    {%- if model.config.meta.get('timeout') %}
    union all
    {{ entities_with_timeouts() | trim | indent(4) }}
    {%- endif %}
    {%- if is_reconciling() %}
    union all
    {{ entities_to_reconcile() | trim | indent(4) }}
    {%- endif %}

),

affected as (

    select
        entity_key,
        coalesce(min(occurred_at), {{ latest_time() }}) as recompute_from
    from causes
    group by entity_key

)

    {%- if not session_gap %}

select
    entity_key,
    recompute_from
from affected
    {%- else %}

-- back to the start of a session that ended within the gap before
select
    affected.entity_key,
    coalesce(
        min(case when existing.{{ session_gap.started_at }} < affected.recompute_from then existing.{{ session_gap.started_at }} end),
        affected.recompute_from
    ) as recompute_from
from affected
left join {{ this }} as existing
    on
        {{ is_recomputed('existing', event_time(), session_gap.minutes) | indent(8) }}
        and coalesce(existing.{{ event_time() }}, {{ latest_time() }}) <= affected.recompute_from
group by affected.entity_key, affected.recompute_from
    {%- endif %}
{%- endmacro %}


{% macro is_row_of_event(existing, event) -%}
    {%- if model.config.unique_key | length > 1 -%}
{{ is_same_event(existing, event) }}
    {%- else -%}
    {%- set column = existing ~ '.' ~ model.config.meta.get('row_event', model.config.unique_key[0]) -%}
{{ index_hash(column) }} = {{ index_hash(event ~ '.event_key') }}
and {{ column }} = {{ event }}.event_key
    {%- endif -%}
{%- endmacro %}


{% macro is_affected(key='entity_key') -%}
    {%- if is_incremental() -%}
    {{ index_hash(key) }} in (select {{ index_hash('affected.entity_key') }} from {{ temporary_table('affected') }} as affected)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}


{% macro join_affected(rows, lookback=0) -%}
    {%- if is_incremental() -%}
inner join {{ temporary_table('affected') }} as affected
    on {{ is_recomputed(rows, 'occurred_at', lookback) | indent(8) }}
    {%- endif -%}
{%- endmacro %}


{# PostgreSQL finds the rows by the index on the entity and the event time. #}
{% macro is_recomputed(rows, time, lookback=0) -%}
{{ index_hash(rows ~ '.entity_key') }} = {{ index_hash('affected.entity_key') }}
and {{ rows }}.entity_key = affected.entity_key
    {%- if model.config.meta.get('recompute_since') %}
and coalesce({{ rows }}.{{ time }}, {{ latest_time() }})
>= {{ timestamp_add('minute', -lookback, 'affected.recompute_from') if lookback else 'affected.recompute_from' }}
    {%- endif -%}
{%- endmacro %}
