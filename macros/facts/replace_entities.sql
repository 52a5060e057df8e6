{#
  Incremental strategy `replace_entities` of the facts: the touched entities (see `note_touched`) give way to what the increment
  computed of them, also where that is nothing. A row that came out as it is stored stays, see `note_kept`. A fact that is
  `recomputed_since` a time is replaced from then on, row for row: what is made of it begins where it was restaged.
  Delete and insert are statements of one transaction.
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target, increment = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set since = model.config.meta.get('recomputed_since') -%}

    {%- if since %}

    delete from {{ target }}
    using {{ touched() }} as touched
    where {{ is_touched_since(target.identifier, 'entity_key', since) | indent(8) }};
    {%- else %}

    {{ note_kept(target, increment, columns) }}

    delete from {{ target }}
    where
        {{ is_touched() }}
        and {{ is_not_kept(target.identifier) | indent(8) }};
    {%- endif %}

    insert into {{ target }} ({{ get_quoted_csv(columns) }})
    select {{ get_quoted_csv(columns) }}
    from {{ increment }} as increment
    {%- if not since %}
    where {{ is_not_kept('increment') | indent(8) }}
    {%- endif %};
{% endmacro %}


{#
  SQL that notes, in the temporary table `kept()`, the unique keys of the rows that need not be written: they are stored as they were computed.
  What reads the fact finds what is new by `staged_at`, and so does its next increment. So an entity that lost rows and gained none
  keeps none of the others, and where nothing at all is new, one row (or the few with the same id) is not kept.

  target: the fact.  increment: what was computed.  columns: names of all columns of both.
#}
{% macro note_kept(target, increment, columns) %}
    {%- set told = get_quoted_csv(columns | reject('equalto', 'staged_at')) -%}
    {%- set keys = unique_keys() -%}
create temporary table {{ kept() }} as
with

stored as (

    select {{ told }}
    from {{ target }}
    where {{ is_touched() }}

),

-- an entity that has no rows yet has none to keep
told as (

    select
        {{ told }},
        1 as is_stored,
        0 as is_computed
    from stored
    union all
    select
        {{ told }},
        0 as is_stored,
        1 as is_computed
    from {{ increment }}
    where {{ hashed('entity_key') }} in (select {{ hashed('stored.entity_key') }} from stored)

),

compared as (

    select
        {{ told }},
        max(is_stored) as is_stored,
        max(is_computed) as is_computed
    from told
    group by {{ told }}

),

judged as (

    select
        {{ keys | join(', ') }},
        is_stored + is_computed as times_told,
        min(is_stored) over (partition by entity_key) as gained_nothing,
        min(is_computed) over (partition by entity_key) as lost_nothing,
        min(is_stored) over () as is_without_news,
        sum(is_computed) over () as computed_count,
        min(case when is_stored + is_computed = 2 then {{ keys | last }} end) over () as least_key
    from compared

)

select {{ keys | join(', ') }}
from judged
where
    times_told = 2
    and (gained_nothing = 0 or lost_nothing = 1)
    and (is_without_news = 0 or {{ keys | last }} > least_key or computed_count < (select count(*) from {{ increment }}));
{% endmacro %}


{#
  SQL of a condition on rows: `note_kept` did not note them.
  rows: alias of their relation.
#}
{% macro is_not_kept(rows) -%}
not exists (
    select 1
    from {{ kept() }} as kept
    where
    {%- for key in unique_keys() %}
        {{ 'and ' if not loop.first }}kept.{{ key }} = {{ rows }}.{{ key }}
    {%- endfor %}
)
{%- endmacro %}


{#
  The temporary table of the rows that the increment of the fact at hand leaves as they are.
#}
{% macro kept() -%}
    {{ this.identifier }}__kept
{%- endmacro %}


{#
  The names of the columns that are the unique key of the model at hand.
#}
{% macro unique_keys() %}
    {% set keys = model.config.unique_key %}
    {{ return([keys] if keys is string else keys) }}
{% endmacro %}
