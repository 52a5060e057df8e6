{#
  Incremental strategy `replace_entities`: all rows of every entity that an increment mentions give way to the increment's rows.

  The model's `unique_key` is a list of two columns: the entity's key, and the row's own key. An increment mentions every entity
  that it touched: one that now has no row comes as a row whose own key is null, which only deletes.

  Delete and insert are statements of one transaction: a reader sees the rows before or after, never between.
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set increment = arg_dict['temp_relation'] -%}
    {%- set entity_key, row_key = arg_dict['unique_key'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}

    delete from {{ target }}
    where {{ entity_key }} in (select {{ entity_key }} from {{ increment }});

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ increment }}
    where {{ row_key }} is not null;
{% endmacro %}
