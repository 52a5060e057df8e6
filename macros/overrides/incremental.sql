{#
  Replaces `materialization_incremental_default` of dbt-adapters (compared with 1.24.5), which creates a temporary table and asks the
  catalog four times, also where nothing is new, and has no lock and no watermarks. docs/increments.md explains the steps and the strategies.

  On PostgreSQL a new table is made by `create table as`, which reads in parallel. dbt-postgres creates a table with an enforced contract
  empty and fills it by `insert`, which does not. The columns are compared with the contract before, as dbt does it.
#}
{% materialization incremental, default %}
    {%- set table = this.incorporate(type='table') -%}
    {%- if invocation_args_dict.get('empty') and load_cached_relation(this) is not none -%}
        {{ return(leave_unchanged(table, 'EMPTY')) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- On Redshift what writes begins a transaction of its own, and rolls back an open one. #}
    {%- do adapter.commit() if target.type == 'redshift' and pre_hooks | selectattr('transaction') | list -%}

    {%- set strategy = config.get('incremental_strategy') -%}
    {%- if not is_incremental() -%}
        {%- do build_table(table) -%}
    {%- else -%}
        {%- set watermarks = lock_and_read_watermarks() -%}
        {%- set has_new_columns = add_declared_columns() -%}
        {%- set watermarks = lock_and_read_watermarks() if has_new_columns else watermarks -%}
        {%- do stop_if_hash_key_has_changed(watermarks) if strategy == 'replace_events' -%}
        {%- do warn_of_changed_rules(watermarks, has_new_columns) if strategy != 'replace_differences' -%}
        {#- PostgreSQL plans the second for longer than it runs it. It is sent only if the first finds nothing. #}
        {%- set changes, probes = [], [context[strategy ~ '__changes'](watermarks)] -%}
        {%- do probes.append('(' ~ changes_in_window(watermarks) ~ ')') if strategy == 'replace_events' and not is_reconciling() -%}
        {%- for probe in (probes if target.type != 'redshift' else [probes | join('\nunion all\n')]) if not changes -%}
            {%- call statement('main', fetch_result=True) %}
select 1 as has_changes
from (
    {{ probe }}
) as changes
limit 1
            {%- endcall -%}
            {%- do changes.extend(load_result('main').table.rows) -%}
        {%- endfor -%}
        {%- if changes %}
            {#- One message: an adapter that repeats it in a new session takes the lock again. On Redshift it is a transaction of its own, for
                an earlier query that was repeated in a new session has read without the lock. #}
            {%- set computed = temporary_table('computed') -%}
            {%- call statement('main', fetch_result=True) %}
{{ 'rollback; begin;' if target.type == 'redshift' }}
lock {{ watermark_table() }};
{{ record_rules() if is_reconciling_all() and strategy != 'replace_differences' }}
{{ context[strategy ~ '__prepare'](watermarks) if strategy != 'replace_differences' }}
create temporary table {{ computed }} as (
{{ sql }}
);
{{ adapter.get_incremental_strategy_macro(context, strategy)({
    'target_relation': table, 'temp_relation': computed, 'unique_key': config.get('unique_key'),
    'dest_columns': model.columns.values(), 'incremental_predicates': none,
}) }}
            {%- endcall %}
            {%- set deleted, inserted = load_result('main').table.rows[0] -%}
            {%- set message = 'DELETE ' ~ deleted ~ ' INSERT ' ~ inserted -%}
            {%- do store_raw_result('main', message=message, code=none, rows_affected=(deleted + inserted) | int) -%}
            {%- if strategy == 'replace_events' and is_reconciling() -%}
                {%- do stop_if_events_are_lost('(select * from ' ~ computed ~ ' where written_at is null)') -%}
            {%- endif -%}
        {%- else -%}
            {%- do store_raw_result('main', message='UNCHANGED', code=none, rows_affected=0) -%}
        {%- endif %}
    {%- endif -%}

    {%- do apply_grants(table, config.get('grants'), should_revoke=True) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {#- The hash is among the rows that a run reads with its lock. So comments of an unchanged model cost no statement. They are a transaction of
        their own: if it was that of the table, an adapter that repeats them in a new session would report success without the table. #}
    {%- set described = 'described ' ~ local_md5(tojson([model.description, model.columns], sort_keys=true)) -%}
    {%- if config.persist_relation_docs() and (watermarks is not defined or described not in watermarks) -%}
        {%- call statement('docs') %}
lock {{ watermark_table() }};
{{ alter_relation_comment(table, model.description) }} {{ alter_column_comment(table, model.columns) if config.persist_column_docs() }}
delete from {{ watermark_table() }} where input_name like 'described %'; insert into {{ watermark_table() }} (input_name) values ('{{ described }}');
        {%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}


{% macro build_table(table) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set new_table = make_intermediate_relation(table) -%}
    {%- set strategy = config.get('incremental_strategy') -%}
    {%- do stop_if_hash_key_has_changed() if strategy == 'replace_events' -%}
    {%- set watermarks = [] -%}
    {%- for input in increment_inputs() if strategy == 'replace_entities' -%}
        {%- for name in input.names -%}
            {%- set condition = " where input_name = '" ~ name ~ "'" if 'input_name' in input.node.columns else '' -%}
            {%- do watermarks.append("select '" ~ name ~ "' as input_name, max(written_at) as watermark from " ~ input.relation ~ condition) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- One message: an adapter that repeats it in a new session takes the lock again. What follows needs the new table. On Redshift it begins the
        transaction, which otherwise reads what was there at its first query, before the lock. #}
    {%- call statement('main') %}
{{ 'rollback; begin;' if target.type == 'redshift' }}
{{ create_unless_exists(watermark_table()) }}
lock {{ watermark_table() }};
        {%- if existing is not none or load_cached_relation(watermark_table()) is not none %}
delete from {{ watermark_table() }}
where input_name <> '{{ this.identifier }}' and input_name not like 'forgotten %';
        {%- endif %}
{{ record_watermarks(watermarks, delete_older=false) if watermarks }}
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
            {%- if strategy == 'replace_events' %}
{{ remove_repeated_events(new_table) }}
                {%- if var('raw_retention_days') is not none and existing is not none and existing.is_table %}
{{ copy_events_past_retention(existing, new_table) }}
                {%- endif %}
            {%- endif %}
            {%- set loads = [newest_loads(new_table)] if strategy == 'replace_events' else [] %}
{{ record_watermarks(loads + [recorded_rules()], '(select written_at from ' ~ new_table ~ ' limit 1) as written', delete_older=false) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do create_increment_indexes(new_table) -%}
    {%- if existing is not none and existing.is_table -%}
        {%- do stop_if_events_are_lost(existing, new_table) if strategy == 'replace_events' -%}
        {%- do swap_tables(existing, new_table) -%}
    {%- else -%}
        {%- do drop_relation_if_exists(existing) -%}
        {%- set relations = list_relations_without_caching(this.without_identifier()).rows if existing is none else [] -%}
        {%- if relations | selectattr('name', 'equalto', this.identifier) | list -%}
            {%- do exceptions.raise_compiler_error('Another run of dbt has built ' ~ this.identifier ~ ' since this run began. Run dbt again.') -%}
        {%- endif -%}
        {%- do adapter.rename_relation(new_table, table) -%}
    {%- endif -%}
{% endmacro %}
