{#
  SQL of the time of the evidence of success that comes first after an event of int_troubleshooting_events, among all events of its
  entity that are read: timestamp, null if none comes. Evidence of the same instant comes after it. The window runs backwards: PostgreSQL
  carries a minimum along as a frame grows, and finds it anew for each row of one that shrinks.
#}
{% macro next_evidence_at() -%}
min(case when event_role = 'evidence' then occurred_at end) over (
    partition by entity_key
    order by occurred_at desc, case when event_role = 'evidence' then 1 else 0 end desc, event_id desc, event_name desc
    rows between unbounded preceding and 1 preceding
)
{%- endmacro %}
