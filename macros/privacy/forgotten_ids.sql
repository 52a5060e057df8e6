{#
  The list of people who are erased here, but not yet from the raw tables, is in the watermark tables of the event streams. A run reads
  these tables under its model lock anyway, so an empty list costs nothing.

  An `input_name` of the list is `forgotten <hash of the user id> <hash of an id of the person> <keyed digits of this id> <beginning of
  the key's fingerprint>`, and its watermark the time of forgetting.
#}
{% macro forgotten_id(person, id) -%}
    'forgotten ' || {{ keyed_hash(person) }} || ' ' || {{ keyed_hash(id) }} || ' ' || {{ keyed_digits(id) }}
        || ' {{ hash_key_fingerprint()[:8] }}'
{%- endmacro %}


{% macro is_forgotten_id(person=none) -%}
    {{ 'substring(input_name, 1, 42) = ' ~ "'forgotten ' || " ~ keyed_hash(person) if person else "input_name like 'forgotten %'" }}
{%- endmacro %}


{#
  A full refresh is compiled before it has the model lock, so its SQL always has the condition. PostgreSQL computes no hash if the list is
  empty.
#}
{% macro and_not_forgotten(columns, watermarks) %}
    {%- set is_listed = 'forgotten ' in (watermarks | join(' ')) if watermarks else load_cached_relation(watermark_table()) is not none %}
    {%- if is_listed %}
        {%- set list = watermark_table() ~ ' where ' ~ is_forgotten_id() %}
        {%- for id in ['user_id', 'pilot_id'] if id in columns %}
        and not ({{ is_on_list(id, list) }})
        {%- endfor %}
        and not (app = 'tracker_web' and user_id is null and {{ is_on_list('anonymous_id', list) }})
    {%- endif %}
{%- endmacro %}


{# The digits exclude nearly all ids that are not on the list, and cost less than the hash. #}
{% macro is_on_list(id, list) -%}
    coalesce({{ keyed_digits(id) }}, '') in (select substring(input_name, 77, 4) from {{ list }})
        and {{ keyed_hash(id) }} in (select substring(input_name, 44, 32) from {{ list }})
{%- endmacro %}


{% macro remember_forgotten(person, streams) %}
    {%- for stream in streams %}
insert into {{ watermark_table(stream.node) }} (input_name, watermark)
select
    ids.input_name,
    {{ warehouse_clock() }}
from (
    select {{ forgotten_id(person, person) }} as input_name
    union
    select {{ forgotten_id(person, 'anonymous_id') }}
    from forgotten_browsers
) as ids
where ids.input_name not in (select input_name from {{ watermark_table(stream.node) }} where {{ is_forgotten_id() }});
    {%- endfor %}
{% endmacro %}


{% macro remove_forgotten(person, streams) %}
    {%- for stream in streams %}
delete from {{ watermark_table(stream.node) }}
where {{ is_forgotten_id(person) }};
    {%- endfor %}
{% endmacro %}
