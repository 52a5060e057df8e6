{#
  Replaces `materialization_incremental_default` of dbt-adapters (compared with 1.24.5), which creates a temporary table and asks the
  catalog four times, also where nothing is new, and has no lock and no watermarks. docs/increments.md explains the steps and the strategies.

  On PostgreSQL a new table is made by `create table as`, which reads in parallel. dbt-postgres creates a table with an enforced contract
  empty and fills it by `insert`, which does not. The columns are compared with the contract before, as dbt does it.
#}
{% materialization incremental, default %}
    {%- set table = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set watermarks = lock_and_read_watermarks() -%}
    {%- if not is_incremental() -%}
        {%- do build_table(table) -%}
    {%- else -%}
        {%- do assert_schema_unchanged() -%}
        {%- set strategy = config.get('incremental_strategy') -%}
        {%- call statement('main', fetch_result=True) %}
select 1 as has_changes
from (
    {{ context[strategy ~ '__changes'](watermarks) }}
) as changes
limit 1
        {%- endcall %}
        {%- if load_result('main').table.rows | length > 0 %}
            {#- One message: an adapter that repeats it in a new session takes the lock again. On Redshift it is a transaction of its own, for
                an earlier query that was repeated in a new session has read without the lock. #}
            {%- set computed = temporary_table('computed') -%}
            {%- call statement('main') %}
{{ 'rollback; begin;' if target.type == 'redshift' }}
lock {{ watermark_table() }};
{{ context[strategy ~ '__prepare'](watermarks) if strategy != 'replace_differences' }}
create temporary table {{ computed }} as (
{{ sql }}
);
{{ adapter.get_incremental_strategy_macro(context, strategy)({
    'target_relation': table, 'temp_relation': computed, 'unique_key': config.get('unique_key'),
    'dest_columns': model.columns.values(), 'incremental_predicates': none,
}) }}
            {%- endcall %}
        {%- endif %}
    {%- endif -%}

    {%- do apply_grants(table, config.get('grants'), should_revoke=True) -%}
    {%- do persist_docs(table, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}


{% macro build_table(table) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set new_table = make_intermediate_relation(table) -%}
    {%- set strategy = config.get('incremental_strategy') -%}
    {%- if existing is none -%}
        {%- for relation in list_relations_without_caching(this.without_identifier()).rows if relation['name'] == this.identifier -%}
            {%- do exceptions.raise_compiler_error(
                'Another run of dbt has built ' ~ this.identifier ~ ' since this run began. Run dbt again.'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set watermarks = [] -%}
    {%- for input in increment_inputs() if strategy == 'replace_entities' -%}
        {%- for name in input.names -%}
            {%- set condition = " where input_name = '" ~ name ~ "'" if 'input_name' in input.node.columns else '' -%}
            {%- do watermarks.append("select '" ~ name ~ "' as input_name, max(written_at) as watermark from " ~ input.relation ~ condition) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- One message: an adapter that repeats it in a new session takes the lock again. What follows needs the new table. #}
    {%- call statement('main') %}
lock {{ watermark_table() }};
delete from {{ watermark_table() }}
where input_name <> '{{ this.identifier }}';
{{ record_watermarks(watermarks | join('\nunion all\n')) if watermarks }}
{%- if target.type == 'redshift' %}
{{ get_create_table_as_sql(False, new_table, sql) }}
{%- else %}
    {%- do get_assert_columns_equivalent(sql) if config.get('contract').enforced %}
create table {{ new_table }} as (
    {{ get_select_subquery(sql) if config.get('contract').enforced else sql }}
);
{%- endif %}
    {%- endcall %}
    {%- if strategy != 'replace_differences' -%}
        {%- call statement('written') %}
{{ remove_repeated_events(new_table) if strategy == 'replace_events' }}
{{ record_watermarks(
    newest_loads(new_table) if strategy == 'replace_events' else '', '(select written_at from ' ~ new_table ~ ' limit 1) as written'
) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do create_increment_indexes(new_table) -%}
    {%- if existing is not none and existing.is_table -%}
        {%- do swap_tables(existing, new_table) -%}
    {%- else -%}
        {%- do drop_relation_if_exists(existing) -%}
        {%- do adapter.rename_relation(new_table, table) -%}
    {%- endif -%}
{% endmacro %}


{% macro assert_schema_unchanged() %}
    {%- set present = get_columns_in_query('select * from ' ~ this) | map('lower') | sort | list -%}
    {%- set declared = model.columns.keys() | map('lower') | sort | list -%}
    {%- if present != declared -%}
        {%- do exceptions.raise_compiler_error(
            this ~ ' was built with other columns than are declared now. Missing: '
            ~ (declared | reject('in', present) | join(', ') or 'none')
            ~ '. Not declared: ' ~ (present | reject('in', declared) | join(', ') or 'none')
            ~ '. Rebuild it and the models that read it: dbt run --full-refresh --select ' ~ this.identifier ~ '+'
        ) -%}
    {%- endif -%}
{% endmacro %}
