{% macro replace_events__changes(watermarks) %}
    {%- if is_reconciling() %}
select 1 as changed
    {%- endif %}
    {%- for input in increment_inputs() if not is_reconciling() %}
select 1 as changed
from {{ input.relation }}
where
    loaded_at > {{ timestamp_literal(watermarks.get(input.event_table)) }}
    and loaded_at <= {{ timestamp_literal(run_started_at) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{% macro changes_in_window(watermarks) %}
with

incoming as (

    {{ union_of_staging(watermarks) | trim | indent(4) }}

),

existing as (

    {{ existing_copies('incoming') | trim | indent(4) }}

)

select 1 as changed
from (
    {{ changed_events('incoming', 'existing') | indent(4) }}
) as changed
{% endmacro %}


{% macro replace_events__prepare(watermarks) %}
create temporary table {{ temporary_table('incoming') }} as
{{ union_of_staging(watermarks) }};
{{ analyze(temporary_table('incoming')) }}
create temporary table {{ temporary_table('existing') }} as
    {%- if is_reconciling() %}
select
    0 as is_gone,
    {{ event_columns('existing.') }}
from {{ this }} as existing
where
    {{ is_in_scope('existing.', model) }}
    or exists (select 1 from {{ temporary_table('incoming') }} as incoming where {{ is_same_event('existing', 'incoming') | indent(4) }});
    {%- else %}
{{ existing_copies(temporary_table('incoming')) }};
    {%- endif %}
{{ analyze(temporary_table('existing')) }}
{% endmacro %}


{% macro existing_copies(incoming) -%}
select
    incoming.is_gone,
    {{ event_columns('existing.') }}
from {{ this }} as existing
inner join (
    select
        event_name,
        event_id,
        max(is_gone) as is_gone
    from {{ incoming }}
    group by event_name, event_id
    having min(is_gone) = 0
) as incoming
    on {{ is_same_event('existing', 'incoming') | indent(8) }}
{%- endmacro %}


{% macro get_incremental_replace_events_sql(arg_dict) %}
    {%- set target_table, computed = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
delete from {{ target_table }}
using {{ temporary_table('existing') }} as existing
where
    {{ is_same_event(target_table, 'existing') | indent(4) }}
    and exists (
        select 1
        from {{ computed }} as computed
        where {{ is_same_event('computed', 'existing') | indent(12) }}
    );

insert into {{ target_table }} ({{ columns }})
select {{ columns }}
from {{ computed }}
where written_at is not null;

{{ record_watermarks([newest_loads(temporary_table('incoming'))], computed) }}
select
    (select count(*) from {{ temporary_table('existing') }} as existing
    where exists (select 1 from {{ computed }} as computed where {{ is_same_event('computed', 'existing') | indent(8) }})) as deleted,
    (select count(*) from {{ computed }} where written_at is not null) as inserted;
{% endmacro %}


{#
  Of events that a full refresh wrote more than once only the copy that counts stays. Few are repeated: to write all rows and to replace these
  costs less than to rank all rows before they are written.
#}
{% macro remove_repeated_events(new_table) %}
    {%- set columns = event_columns() ~ ', written_at' -%}
    {%- set is_repeated = index_hash('event_id') ~ ' in (select hashed_id from ' ~ temporary_table('repeated') ~ ')' %}
create temporary table {{ temporary_table('repeated') }} as
select {{ index_hash('event_id') }} as hashed_id
from {{ new_table }}
group by {{ index_hash('event_id') }}
having count(*) > 1;
{{ analyze(temporary_table('repeated')) }}
create temporary table {{ temporary_table('latest') }} as
{{ latest_copies([new_table ~ ' where ' ~ is_repeated], columns) }};
delete from {{ new_table }}
where {{ is_repeated }};
insert into {{ new_table }} ({{ columns }})
select {{ columns }}
from {{ temporary_table('latest') }};
{% endmacro %}


{% macro newest_loads(rows) -%}
select
    event_name as input_name,
    max(loaded_at) as watermark
from {{ rows }}
where loaded_at <= {{ timestamp_literal(run_started_at) }}
group by event_name
{%- endmacro %}
