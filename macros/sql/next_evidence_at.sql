{#
  The window runs backwards, because PostgreSQL carries a minimum along as a frame grows, and computes it anew for each row of one that
  shrinks.
#}
{% macro next_evidence_at() -%}
min(case when event_role = 'evidence' then occurred_at end) over (
    partition by entity_key
    order by occurred_at desc, case when event_role = 'evidence' then 1 else 0 end desc
    rows between unbounded preceding and 1 preceding
)
{%- endmacro %}
