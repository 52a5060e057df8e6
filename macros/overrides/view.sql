{#
  Materialization `view` in place of the adapters' own, which make a view under another name, rename the old one, rename the new one and
  drop the old one after the commit, with all views that read it. Here it is one statement on PostgreSQL and two on Redshift, in one
  transaction: whoever reads sees the old view or the new one, and a view that crashed is not left over.
#}
{% materialization view, default %}
    {{ return(make_view()) }}
{% endmaterialization %}


{% materialization view, adapter='redshift' %}
    {{ return(make_view()) }}
{% endmaterialization %}


{% macro make_view() %}
    {%- set before = load_cached_relation(this) -%}
    {%- set view = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if before is not none and not before.is_view %}
        {% do adapter.drop_relation(before) %}
    {%- endif %}
    {%- call statement('main') %}
        {{ adapter.dispatch('replace_view')(view, sql) }}
    {%- endcall %}

    {%- do apply_grants(view, config.get('grants'), should_revoke=before is not none) %}
    {%- do persist_docs(view, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [view]}) }}
{% endmacro %}


{#
  A view whose columns stay, or get others behind them, is replaced in place, and the views that read it stay, too. One that loses,
  renames or retypes a column takes those with it; dbt makes them anew when it comes to them.
#}
{% macro default__replace_view(view, sql) %}
    {%- if config.get('contract').enforced %}
        {% do get_assert_columns_equivalent(sql) %}
    {%- endif %}
    {%- set definition = view ~ ' as (\n' ~ sql ~ '\n)' %}
    {#- The hash of a text cannot be in the text, so nothing in the definition ends these quotes. #}
    {%- set tag = '$view_' ~ local_md5(definition) ~ '$' %}
do {{ tag }}
begin
    execute {{ text_literal('create or replace view ' ~ definition) }};
exception when invalid_table_definition then
    execute {{ text_literal('drop view ' ~ view ~ ' cascade') }};
    execute {{ text_literal('create view ' ~ definition) }};
end {{ tag }};
{% endmacro %}


{#
  Redshift replaces a view only by one with the very same columns. No other view depends on a late-binding one.
#}
{% macro redshift__replace_view(view, sql) %}
drop view if exists {{ view }};
{{ get_create_view_as_sql(view, sql) }}
{% endmacro %}
