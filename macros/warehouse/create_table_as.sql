{#
  The statement that makes a table, in place of the adapter's own, which makes a table with a contract empty and fills it by `insert`.
  PostgreSQL reads in parallel for `create table as` and not for `insert`. The contract is compared with the columns as ever; a column
  of another length than declared is what the tests of the contract find.
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
