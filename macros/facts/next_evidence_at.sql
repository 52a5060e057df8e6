{#
  SQL of the time of the evidence of success that comes first after an event of int_troubleshooting_events, among all events of its
  entity that are read: timestamp, null if none comes. Evidence of the same instant comes after it.
#}
{% macro next_evidence_at() -%}
min(case when event_role = 'evidence' then occurred_at end) over (
    partition by entity_key
    order by occurred_at, case when event_role = 'evidence' then 1 else 0 end, event_id, event_name
    rows between 1 following and unbounded following
)
{%- endmacro %}
