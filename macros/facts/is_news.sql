{#
  A model of events (`int_…`) has each event of its streams as a row with all that the model makes of it. So its increment reads of the
  streams only what is news, and all else about the touched entities from its own rows: it never looks for an entity in a stream. A
  reconciliation, which asks what the streams still hold, and a full refresh read all from the streams.

  For the `where` of a model of events that reads a stream: only rows that the model does not have as they are.

  key: column of the stream with the key of the model's entities.
#}
{% macro is_news(key='entity_key') -%}
    {%- if is_incremental() and not is_reconciling() -%}
    staged_at >= {{ news_staged_at() }}
    {%- else -%}
    {{ is_touched(key) }}
    {%- endif -%}
{%- endmacro %}


{#
  The same for a model that is `recomputed_since` a time: SQL of a join, see `join_touched`.
#}
{% macro join_news(rows, key='entity_key', happened_at='occurred_at', lead=0) -%}
    {{ join_touched(rows, key, happened_at, lead) }}
    {%- if is_incremental() and not is_reconciling() %}
        and {{ rows }}.staged_at >= {{ news_staged_at() }}
    {%- endif -%}
{%- endmacro %}


{#
  SQL, after the last of the streams: `union all` and the model's own rows of touched entities, but for events that are news; nothing
  where these come from the streams. A model that is `recomputed_since` a time has `touched_from` as its last column.

  columns: the model's columns that stand for those of the streams, in their order.  lead: as for `join_touched`.
#}
{% macro union_known(columns, lead=0) -%}
    {%- if is_incremental() and not is_reconciling() -%}
    {%- set since = model.config.meta.get('recomputed_since') -%}
union all
select
        {%- for column in columns %}
    known.{{ column }}{{ ',' if since or not loop.last }}
        {%- endfor %}
        {%- if since %}
    {{ touched_from() }} as touched_from
        {%- endif %}
from {{ this }} as known
        {%- if since %}
{{ join_touched('known', happened_at=since, lead=lead) }}
        {%- endif %}
where
    not exists (
        select 1
        from {{ news() }} as news
        where {{ is_same_event('known', 'news') | indent(12) }}
    )
        {%- if not since %}
    and {{ is_touched('known.entity_key') }}
        {%- endif %}
    {%- endif -%}
{%- endmacro %}


{#
  SQL of the time since when news was staged; null, which nothing is later than, where there is none.
#}
{% macro news_staged_at() -%}
    (select min(news.staged_at) from {{ news() }} as news)
{%- endmacro %}


{#
  The temporary table of what was staged since the model at hand was last written, see `note_touched`.
#}
{% macro news() -%}
    {{ this.identifier }}__news
{%- endmacro %}
