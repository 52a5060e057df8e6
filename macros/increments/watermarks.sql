{% macro watermark_table(node=none) %}
    {% set node = node or model %}
    {{ return(api.Relation.create(
        database=node.database,
        schema=generate_schema_name('intermediate', node) | trim,
        identifier=node.alias ~ '__watermarks',
        type='table'
    )) }}
{% endmacro %}


{% macro create_unless_exists(table) %}
    {%- set statements = [] -%}
    {%- if load_cached_relation(table) is none -%}
        {%- do statements.append('create table if not exists ' ~ table ~ ' (input_name varchar(128), watermark timestamp)') -%}
        {%- set selected = graph.nodes.values() | selectattr('schema', 'equalto', table.schema) | selectattr('unique_id', 'in', selected_resources) -%}
        {#- dbt has created the schemas of the selected models -#}
        {%- if not selected | list and not adapter.check_schema_exists(table.database, table.schema) -%}
            {%- do statements.insert(0, 'create schema if not exists ' ~ table.without_identifier().include(database=false)) -%}
        {%- endif -%}
    {%- endif -%}
    {%- for sql in statements %}
        {%- if target.type == 'redshift' %}
{{ sql }};
        {%- else %}
{#- where two runs create it at once, the second waits for the first and finds it #}
do {{ text_literal('begin ' ~ sql ~ '; exception when unique_violation or duplicate_table or duplicate_object or duplicate_schema then null; end') }};
        {%- endif %}
    {%- endfor %}
{% endmacro %}


{% macro lock_and_read_watermarks() %}
    {%- set table = watermark_table() -%}
    {%- set is_new = load_cached_relation(table) is none -%}
    {%- if is_new -%}
        {%- call statement('create_watermark_table') %}{{ create_unless_exists(table) }}{% endcall -%}
    {%- endif -%}
    {%- call statement('watermarks', fetch_result=True) %}
        {%- if is_incremental() and target.type != 'redshift' and not is_reconciling() %}
{#- PostgreSQL expects a third of a table for a time that a subquery gives. Of temporary tables it needs the number of rows only. #}
set local enable_seqscan = off;
set local default_statistics_target = 10;
        {%- endif %}
lock {{ table }};
        {%- if is_new and is_incremental() and config.get('incremental_strategy') == 'replace_events' %}
{{ record_watermarks([newest_loads(this)]) }}
        {%- endif %}
select
    input_name,
    max(watermark) as watermark
from {{ table }} where input_name is not null
group by input_name
    {%- endcall -%}
    {%- set watermarks = {} -%}
    {%- for input_name, watermark in load_result('watermarks').table.rows -%}
        {%- do watermarks.update({input_name: watermark}) -%}
    {%- endfor -%}
    {{ return(watermarks) }}
{% endmacro %}


{% macro record_watermarks(queries, written=none, node=none, delete_older=true) %}
    {%- set table = watermark_table(node) %}
    {%- set own = "select '" ~ (node or model).alias ~ "' as input_name, max(written_at) as watermark from " ~ written %}
insert into {{ table }} (input_name, watermark)
select
    input_name,
    max(watermark) as watermark
from (
    {{ (queries + ([own] if written else [])) | join('\nunion all\n') | indent(4) }}
) as new_watermarks
where watermark is not null or input_name like 'rule %'
group by input_name;
    {%- if delete_older %}
delete from {{ table }}
using (
    select
        input_name,
        max(watermark) as watermark
    from {{ table }}
    group by input_name
) as newest
where
    {{ table.identifier }}.input_name = newest.input_name
    and {{ table.identifier }}.watermark < newest.watermark;
    {%- endif %}
{% endmacro %}


{% macro written_at(node=none) -%}
    {%- set node = node or model -%}
    {%- if execute and node.resource_type == 'model' and load_cached_relation(watermark_table(node)) is not none -%}
    (
        select greatest({{ warehouse_clock() }}, {{ timestamp_add('microsecond', 1, 'max(watermark)') }})
        from {{ watermark_table(node) }}
        where input_name = '{{ node.alias }}'
    )
    {%- else -%}
    {{ warehouse_clock() }}
    {%- endif -%}
{%- endmacro %}
