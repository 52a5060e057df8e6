{#
  Materialization `incremental` in place of dbt's own. A first build and a full refresh are dbt's. An increment ends after its notes (see
  `note_arrived`, `note_touched`) where these say that nothing is new; and where something is, all the rest but the comparison of columns
  is one message. dbt's own sends three and asks the catalog four times, whatever there is to do.
#}
{% materialization incremental, default %}
    {%- if is_incremental() -%}
        {{ return(increment()) }}
    {%- endif -%}
    {{ return(dbt.materialization_incremental_default()) }}
{% endmaterialization %}


{% macro increment() %}
    {%- set table = this.incorporate(type='table') -%}
    {%- set computed = make_temp_relation(table) -%}
    {%- set strategy = config.get('incremental_strategy') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main', fetch_result=True) %}
{{ what_was_noted() }}
    {%- endcall %}
    {%- set noted_count, staged_at = load_result('main').table.rows[0] %}
    {%- if noted_count | int > 0 %}
        {#- a time that Redshift can skip blocks by, and PostgreSQL estimate by -#}
        {%- set body = sql if staged_at is none else sql | replace(news_staged_at(), timestamp_literal(staged_at)) -%}
        {%- do refuse_other_columns() if strategy != 'replace_events' -%}
        {%- set replace = adapter.get_incremental_strategy_macro(context, strategy) -%}
        {%- call statement('main') %}
{{ get_create_table_as_sql(True, computed, body) }}
{{ replace({
    'target_relation': table, 'temp_relation': computed, 'unique_key': config.get('unique_key'),
    'dest_columns': model.columns.values(), 'incremental_predicates': none,
}) }}
        {%- endcall %}
    {%- endif %}

    {%- do apply_grants(table, config.get('grants'), should_revoke=True) %}
    {%- do persist_docs(table, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{% endmacro %}


{#
  SQL that selects how much an increment noted: `noted_count`, of rows that arrived or are gone, or of touched entities, and
  `staged_at`, see `news_staged_at`. With a count of 0 there is nothing to do; what is told from all its table holds always has something.
#}
{% macro what_was_noted() %}
    {%- set strategy = config.get('incremental_strategy') -%}
select
    {%- if strategy == 'replace_events' %}
    (select count(*) from {{ arrived() }}) + (select count(*) from {{ stored() }}) as noted_count,
    {%- elif strategy == 'replace_entities' %}
    (select count(*) from {{ touched() }}) as noted_count,
    {%- else %}
    1 as noted_count,
    {%- endif %}
    {{ news_staged_at() if strategy == 'replace_entities' else 'cast(null as timestamp)' }} as staged_at
{%- endmacro %}


{#
  Stops with an error if the table at hand has not the columns that its YAML declares, by name: it was built by another version of the
  project. A stream asks while it notes what arrived, which compares all columns; the other tables when they have something to write.
#}
{% macro refuse_other_columns() %}
    {%- set present = get_columns_in_query('select * from ' ~ this) | map('lower') | sort | list -%}
    {%- set declared = model.columns.keys() | map('lower') | sort | list -%}
    {%- if present != declared -%}
        {%- do exceptions.raise_compiler_error(
            this ~ ' was built with other columns than are declared now. It lacks: '
            ~ (declared | reject('in', present) | join(', ') or 'none')
            ~ '. It has beside them: ' ~ (present | reject('in', declared) | join(', ') or 'none')
            ~ '. Build it anew, and what reads it: dbt run --full-refresh --select ' ~ this.identifier ~ '+'
        ) -%}
    {%- endif -%}
{% endmacro %}
