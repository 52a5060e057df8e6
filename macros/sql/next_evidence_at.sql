{#
  The window runs backwards: PostgreSQL updates a minimum while the frame grows, and computes it again for each row of a frame that
  shrinks.
#}
{% macro next_evidence_at() -%}
min(case when event_role = 'evidence' then occurred_at end) over (
    partition by entity_key
    order by occurred_at desc, case when event_role = 'evidence' then 1 else 0 end desc
    rows between unbounded preceding and 1 preceding
)
{%- endmacro %}
