{#
  Incremental strategy `replace_entities` of the facts: the touched entities (see `note_touched`) give way to what the increment
  computed of them, also where that is nothing. Delete and insert are statements of one transaction.
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}

    delete from {{ target }}
    where {{ is_touched() }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }};
{% endmacro %}
