{#
  Incremental strategy `replace_entities` of the facts: the touched entities (see `note_touched`) give way to what the increment
  computed of them, also where that is nothing; those of a fact that is `recomputed_since` a time, from then on. Delete and insert are
  statements of one transaction.
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set since = model.config.meta.get('recomputed_since') -%}

    delete from {{ target }}
    {%- if since %}
    using {{ touched() }} as touched
    where {{ is_touched_since(target.identifier, 'entity_key', since) | indent(8) }};
    {%- else %}
    where {{ is_touched() }};
    {%- endif %}

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }};
{% endmacro %}
