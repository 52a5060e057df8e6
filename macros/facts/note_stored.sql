{#
  Pre-hook of an increment that is told from all that its table holds: notes these rows in the temporary table `stored()`.
#}
{% macro note_stored() %}
    {% if execute and is_incremental() %}
{{ lock_first() }}
{{ prefer_indexes() }}
create temporary table {{ stored() }} as
select *
from {{ this }};
    {% endif %}
{% endmacro %}


{#
  The temporary table of the rows that the model at hand has, a stream those of the events that arrived.
#}
{% macro stored() -%}
    {{ this.identifier }}__stored
{%- endmacro %}
