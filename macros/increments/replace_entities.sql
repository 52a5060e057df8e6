{% macro replace_entities__changes(watermarks) %}
    {%- for input in increment_inputs() %}
select 1 as changed
from {{ input.relation }}
where {{ is_changed(input, watermarks) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if model.config.meta.get('timeout') %}
union all
select 1 as changed
from (
    {{ entities_with_timeouts() | trim | indent(4) }}
) as timeouts
    {%- endif %}
    {%- if is_reconciling() %}
union all
select 1 as changed
    {%- endif %}
{% endmacro %}


{% macro replace_entities__prepare(watermarks) %}
create temporary table {{ temporary_table('changes') }} as
    {%- for input in increment_inputs() %}
select
        {%- if 'input_name' in input.node.columns %}
    *
        {%- else %}
    cast('{{ input.node.name }}' as varchar(128)) as input_name,
    entity_key,
    {{ event_key() if 'event_id' in input.node.columns else 'cast(null as varchar(32))' }} as event_key,
    {{ event_time(input.node) }} as occurred_at,
    written_at
        {%- endif %}
from {{ input.relation }}
where {{ is_changed(input, watermarks) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %};
{{ analyze(temporary_table('changes')) }}
create temporary table {{ temporary_table('affected') }} as
{{ affected_entities_query() }};
{{ analyze(temporary_table('affected')) }}
{% endmacro %}


{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target_table, computed = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set is_partial = model.config.meta.get('recompute_since') -%}

    {%- if is_partial %}
create temporary table {{ temporary_table('existing') }} as
select 0 as is_unchanged
from {{ target_table }}
inner join {{ temporary_table('affected') }} as affected
    on {{ is_recomputed(target_table.identifier, event_time()) | indent(8) }};
delete from {{ target_table }}
using {{ temporary_table('affected') }} as affected
where {{ is_recomputed(target_table.identifier, event_time()) | indent(4) }};
    {%- else %}
{{ prepare_existing_rows(target_table, computed, columns) }}
delete from {{ target_table }}
using {{ temporary_table('existing') }} as existing
where
    existing.is_unchanged = 0
        {%- for column in ['entity_key'] + model.config.unique_key %}
    and {{ index_hash(target_table.identifier ~ '.' ~ column) }} = {{ index_hash('existing.' ~ column) }}
    and {{ target_table.identifier }}.{{ column }} = existing.{{ column }}
        {%- endfor %};
    {%- endif %}

insert into {{ target_table }} ({{ get_quoted_csv(columns) }})
select {{ get_quoted_csv(columns) }}
from {{ computed }} as computed
    {%- if not is_partial %}
where {{ is_not_among('computed', '(select * from ' ~ temporary_table('existing') ~ ' where is_unchanged = 1)') }}
    {%- endif %};

{{ record_watermarks(['select input_name, written_at as watermark from ' ~ temporary_table('changes')], computed) }}
select
    (select count(*) from {{ temporary_table('existing') }} where is_unchanged = 0) as deleted,
    (select count(*) from {{ computed }}) - (select count(*) from {{ temporary_table('existing') }} where is_unchanged = 1) as inserted;
{% endmacro %}


{% macro prepare_existing_rows(target_table, computed, columns) %}
    {%- set values = get_quoted_csv(columns | reject('equalto', 'written_at')) -%}
create temporary table {{ temporary_table('existing') }} as
with

existing as (select {{ values }} from {{ target_table }} where {{ is_affected() }}),

-- an entity without existing rows has no unchanged rows
existing_and_computed as (

    select {{ values }}, 1 as is_existing, 0 as is_computed
    from existing
    union all
    select {{ values }}, 0 as is_existing, 1 as is_computed
    from {{ computed }}
    where {{ index_hash('entity_key') }} in (select {{ index_hash('existing.entity_key') }} from existing)

),

compared as (

    select
        entity_key,
        {{ model.config.unique_key | join(', ') }},
        max(is_existing) as is_existing,
        max(is_computed) as is_computed,
        sum(sum(is_existing)) over (partition by entity_key, {{ model.config.unique_key | join(', ') }}) as existing_count,
        min(max(is_existing)) over (partition by entity_key) as has_gained_none,
        min(max(is_computed)) over (partition by entity_key) as has_lost_none
    from existing_and_computed
    group by {{ values }}

)

select
    entity_key,
    {{ model.config.unique_key | join(', ') }},
    case when is_computed = 1 and existing_count = 1 and (has_gained_none = 0 or has_lost_none = 1) then 1 else 0 end as is_unchanged
from compared
where is_existing = 1;
{% endmacro %}


{# For `not exists` PostgreSQL expects one row per entity and chooses a nested loop. Key columns are never null. #}
{% macro is_not_among(rows, others) -%}
{{ rows }}.{{ model.config.unique_key | join(" || '|' || " ~ rows ~ '.') }} not in (
    select others.{{ model.config.unique_key | join(" || '|' || others.") }}
    from {{ others }} as others
)
{%- endmacro %}
