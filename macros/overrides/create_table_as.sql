{#
  Replaces `postgres__create_table_as` of dbt-postgres (compared with 1.11.0), which creates a table with an enforced contract empty and
  fills it by `insert`. PostgreSQL reads in parallel for `create table as` and not for `insert`. dbt still compares the contract with the
  columns; the tests of the contract find a column of another length than declared.
#}
{% macro postgres__create_table_as(temporary, relation, sql) %}
    {%- set has_contract = config.get('contract').enforced -%}
    {%- if has_contract %}
        {% do get_assert_columns_equivalent(sql) %}
    {%- endif %}
create {{ 'temporary' if temporary }} table {{ relation }} as (
    {{ get_select_subquery(sql) if has_contract and not temporary else sql }}
);
{% endmacro %}


{#
  Calls the macro of dbt-redshift (compared with 1.11.1), which adds distribution and sort keys. Without this macro Redshift would get the
  one above: dbt looks for `redshift__`, then for `postgres__`, in the root project before it looks in the adapter.
#}
{% macro redshift__create_table_as(temporary, relation, sql) %}
    {{ return(dbt.redshift__create_table_as(temporary, relation, sql)) }}
{% endmacro %}
