{#
  Replaces dbt's materialization `view`: that of dbt-adapters, which dbt-postgres uses (compared with 1.11.0), and that of dbt-redshift
  (compared with 1.11.1). Those make every view anew in every run: under another name, two renames, and a drop of the old view after the
  commit. PostgreSQL drops with it whatever reads the view. On Redshift who reads it meanwhile gets "could not open relation with OID"
  (https://github.com/dbt-labs/dbt-core/issues/3112), and grants that are not in the config are lost.

  Here a view whose definition is unchanged is left alone, without a statement or a session of its own. One that is changed and has the
  same columns is replaced in place: what reads it stays, and so do its grants. Only one with other columns is dropped and created.

  How a change is noticed: the view's comment ends with a hash of its definition, see `view_comment`. It is written in the transaction that
  makes the view, and read for all views of a schema at once, see `view_comments`. A comment of somebody else counts as a change; a view that
  somebody else replaced and whose comment he left does not, but for `--full-refresh`. Hooks and grants are sent in each run, as dbt
  does, so a view that has any is replaced in each run.
#}
{% materialization view, default %}
    {{ return(make_view()) }}
{% endmaterialization %}


{% materialization view, adapter='redshift' %}
    {{ return(make_view()) }}
{% endmaterialization %}


{% macro make_view() %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set comment = view_comment() -%}
    {%- if view_is_unchanged(comment) -%}
        {%- call noop_statement('main', 'UNCHANGED') %}
{{ sql }}
        {%- endcall -%}
        {{ return({'relations': [view]}) }}
    {%- endif -%}
    {%- set before = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if before is not none and before.is_view -%}
        {%- do replace_view(before, view, comment) -%}
    {%- else -%}
        {%- do drop_relation_if_exists(before) -%}
        {%- call statement('main') %}
{{ get_create_view_as_sql(view, sql) }}
{{ alter_relation_comment(view, comment) }}
        {%- endcall -%}
    {%- endif -%}

    {%- do apply_grants(view, config.get('grants'), should_revoke=before is not none) %}
    {%- do persist_docs(view, model, for_relation=false) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [view]}) }}
{% endmacro %}


{#
  The comment of the view at hand: its description, if dbt's config `persist_docs` asks for it, and a hash of all that it is made from.
#}
{% macro view_comment() %}
    {%- set definition = tojson([sql, model.config, model.description, model.columns], sort_keys=true) -%}
    {%- set description = model.description ~ '\n\n' if config.persist_relation_docs() and model.description else '' -%}
    {{ return(description ~ 'Made by dbt from the definition ' ~ local_md5(definition) ~ '.') }}
{% endmacro %}


{#
  Whether the view at hand is there with this comment. dbt's cache is asked first: a table that was dropped in this run took the views on
  it with it, whatever the comments were when they were read.
#}
{% macro view_is_unchanged(comment) %}
    {%- set before = load_cached_relation(this) -%}
    {{ return(
        before is not none
        and before.is_view
        and not should_full_refresh()
        and not config.get('grants')
        and view_comments(this.schema).get(this.identifier) == comment
        and not render((pre_hooks + post_hooks) | map(attribute='sql') | join('\n')) | trim
    ) }}
{% endmacro %}


{#
  Makes the view under another name to learn its columns, then replaces the old one, or drops it and creates the new one.

  All that changes the old view is one message, which begins with a drop that fails in a new session: after some errors dbt-redshift begins
  one and repeats what it sent last, and the comment must not come to stand on the old view.

  before: the view as dbt's cache has it.  view: the same, to be made.  comment: see `view_comment`.
#}
{% macro replace_view(before, view, comment) %}
    {%- set successor = make_intermediate_relation(view) -%}
    {%- call statement('successor') %}
{{ get_create_view_as_sql(successor, sql) }}
    {%- endcall -%}
    {%- set old_columns = adapter.get_columns_in_relation(before) -%}
    {%- set new_columns = adapter.get_columns_in_relation(successor) -%}
    {%- set in_place = adapter.dispatch('may_replace')(old_columns, new_columns) -%}
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


{#
  Whether `create or replace` may put a view with the new columns in the place of one with the old: on PostgreSQL if it has the old ones and
  others behind them; on Redshift, by its documentation, if it has the very same, late-binding or not.
#}
{% macro default__may_replace(old_columns, new_columns) %}
    {{ return(new_columns[:old_columns | length] == old_columns) }}
{% endmacro %}


{% macro redshift__may_replace(old_columns, new_columns) %}
    {{ return(new_columns == old_columns) }}
{% endmacro %}
