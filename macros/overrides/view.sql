{#
  Replaces `materialization_view_default` of dbt-adapters (compared with 1.24.5), which dbt-postgres uses, and `materialization_view_redshift`
  of dbt-redshift (compared with 1.11.1). Those create every view in every run, under another name, with two renames, and drop the old
  view after the commit. PostgreSQL drops the views that read it, too. On Redshift a reader gets "could not open relation with OID"
  (https://github.com/dbt-labs/dbt-core/issues/3112), and grants that are not in the config are lost.

  Here a view whose definition is unchanged gets no statement. A changed one with the same columns is replaced in place: the views that read
  it stay, and so do its grants. Only one with other columns is dropped and created.

  The view's comment ends with a hash of its definition, written in the transaction that creates the view and read for all views of a schema
  at once. Another comment counts as a change. A view with hooks or grants is replaced in each run.
#}
{% materialization view, default %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set before = load_cached_relation(this) -%}
    {%- if invocation_args_dict.get('empty') and before is not none -%}
        {{ return(leave_unchanged(view, 'EMPTY')) }}
    {%- endif -%}
    {%- set definition = tojson([sql, model.config, model.description, model.columns], sort_keys=true) -%}
    {%- set description = model.description ~ '\n\n' if config.persist_relation_docs() and model.description else '' -%}
    {%- set comment = description ~ 'Made by dbt from the definition ' ~ local_md5(definition) ~ '.' -%}
    {#- dbt's cache is asked first: a table that was dropped in this run has taken its views with it -#}
    {%- set is_unchanged = before is not none and before.is_view
        and not config.get('grants')
        and not render((pre_hooks + post_hooks) | map(attribute='sql') | join('\n')) | trim
        and view_comments(this.schema).get(this.identifier) == comment -%}
    {%- if is_unchanged -%}
        {{ return(leave_unchanged(view, 'UNCHANGED')) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if target.type != 'redshift' -%}
        {%- do lock_views() -%}
    {%- endif -%}
    {%- if before is not none and before.is_view -%}
        {%- do replace_view(before, view, comment) -%}
    {%- else -%}
        {%- do drop_relation_if_exists(before) -%}
        {%- call statement('main') %}
{{ get_create_view_as_sql(view, sql) if target.type == 'redshift' else get_replace_view_sql(view, sql) ~ ';' }}
{{ alter_relation_comment(view, comment) }}
        {%- endcall -%}
    {%- endif -%}

    {%- do apply_grants(view, config.get('grants'), should_revoke=before is not none) %}
    {%- do persist_docs(view, model, for_relation=false) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}


{% materialization view, adapter='redshift' %}
    {{ return(materialization_view_default()) }}
{% endmaterialization %}


{% macro leave_unchanged(relation, status) %}
    {%- call noop_statement('main', status) %}
{{ sql }}
    {%- endcall -%}
    {{ return({'relations': [relation]}) }}
{% endmacro %}


{% macro lock_views() %}
    {%- set table = watermark_table({'database': this.database, 'alias': 'views'}) -%}
    {%- call statement('lock') %}
{{ create_unless_exists(table) }}
lock {{ table }};
    {%- endcall -%}
{% endmacro %}


{% macro replace_view(before, view, comment) %}
    {%- set successor = make_intermediate_relation(view) -%}
    {%- call statement('successor') %}
{{ get_create_view_as_sql(successor, sql) }}
    {%- endcall -%}
    {%- set old_columns = adapter.get_columns_in_relation(before) -%}
    {%- set new_columns = adapter.get_columns_in_relation(successor) -%}
    {#- PostgreSQL allows further columns after the old ones. Redshift documents that it needs the same columns, also of late-binding views. -#}
    {%- set compared = new_columns if target.type == 'redshift' else new_columns[:old_columns | length] -%}
    {%- set in_place = compared == old_columns -%}
    {#- One message: an adapter that repeats it in a new session fails at the first drop and sets no comment on the old view -#}
    {%- call statement('main') %}
drop view {{ successor }};
        {%- if in_place %}
{{ get_replace_view_sql(view, sql) }};
        {%- else %}
{{ get_drop_sql(before) }};
{{ get_create_view_as_sql(view, sql) }}
        {%- endif %}
{{ alter_relation_comment(view, comment) }}
    {%- endcall -%}
    {%- if not in_place -%}
        {%- do adapter.cache_dropped(before) -%}
    {%- endif -%}
{% endmacro %}


{# Stored as for `catalog_of`: the result still has views that the invocation itself has dropped or replaced since. #}
{% macro view_comments(schema) %}
    {% set schemas = graph.setdefault('view_comments ' ~ invocation_id, {}) %}
    {% if schema not in schemas %}
        {% set query %}
    select
        relations.relname as view_name,
        descriptions.description as view_comment
    from pg_catalog.pg_namespace as schemas
    inner join pg_catalog.pg_class as relations on schemas.oid = relations.relnamespace
    inner join pg_catalog.pg_description as descriptions on relations.oid = descriptions.objoid
    where
        schemas.nspname = {{ text_literal(schema) }}
        and relations.relkind = 'v'
        and descriptions.objsubid = 0
        and descriptions.classoid = 'pg_catalog.pg_class'::regclass
        {% endset %}
        {% do schemas.update({schema: dict(run_query(query).rows | list)}) %}
    {% endif %}
    {{ return(schemas[schema]) }}
{% endmacro %}
