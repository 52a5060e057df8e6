{#
  Incremental strategy `replace_events` of the event streams: every stored event (see `note_arrived`) of which an increment brings a row gives
  way to that row.
  A row whose `staged_at` is null only deletes. Delete and insert are statements of one transaction.
#}
{% macro get_incremental_replace_events_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set increment = arg_dict['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}

    delete from {{ target }}
    using {{ stored() }} as stored
    where
        {{ is_same_event(target, 'stored') | indent(8) }}
        and exists (
            select 1
            from {{ increment }} as increment
            where {{ is_same_event('increment', 'stored') | indent(16) }}
        );

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ increment }}
    where staged_at is not null;
{% endmacro %}
