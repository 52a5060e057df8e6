{% macro event_key() -%}
    cast(md5(event_name || '|' || event_id) as varchar(32))
{%- endmacro %}


{% macro is_same_event(existing, other) -%}
    {{ index_hash(existing ~ '.event_id') }} = {{ index_hash(other ~ '.event_id') }}
and {{ existing }}.event_id = {{ other }}.event_id
and {{ existing }}.event_name = {{ other }}.event_name
{%- endmacro %}
