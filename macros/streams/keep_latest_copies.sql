{#
  Post-hook of an event stream's full refresh, in its transaction: of the events that were written more than once only the copy that
  counts stays. Few are; to write all rows at once and to replace these costs far less than to rank all rows before they are written.
#}
{% macro keep_latest_copies() %}
    {% if execute and not is_incremental() %}
        {% set is_repeated = hashed('event_id') ~ ' in (select repeated.hashed_id from ' ~ repeated() ~ ' as repeated)' %}
{{ refuse_new_session() }}
create temporary table {{ repeated() }} as
select {{ hashed('event_id') }} as hashed_id
from {{ this }}
group by {{ hashed('event_id') }}
having count(*) > 1;
analyze {{ repeated() }};
create temporary table {{ repeated() }}_latest as
with

copies as (

    select *
    from {{ this }}
    where {{ is_repeated }}

),

ranked as (

    select
        copies.*,
        {{ copy_number(model.columns) | indent(8) }} as copy_number
    from copies

)

select
    {{ event_columns(model.columns) }},
    staged_at
from ranked
where copy_number = 1;
delete from {{ this }}
where {{ is_repeated }};
insert into {{ this }} ({{ event_columns(model.columns) }}, staged_at)
select
    {{ event_columns(model.columns) }},
    staged_at
from {{ repeated() }}_latest;
    {% endif %}
{% endmacro %}


{#
  The temporary table of the (hashed) ids that a full refresh of the stream at hand wrote more than once.
#}
{% macro repeated() -%}
    {{ this.identifier }}__repeated
{%- endmacro %}
