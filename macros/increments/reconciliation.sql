{% macro is_reconciling() %}
    {{ return(var('reconcile') is mapping or var('reconcile')) }}
{% endmacro %}


{% macro is_reconciling_all() %}
    {{ return(is_reconciling() and var('reconcile') is not mapping) }}
{% endmacro %}


{% macro is_in_scope(prefix, node) %}
    {% set scope = var('reconcile') %}
    {% set time = prefix ~ event_time(node) %}
    {% if scope is not mapping %}
        {{ return('1 = 1') }}
    {% elif 'from' in scope %}
        {% set since, until = text_literal(scope['from'] | string), text_literal(scope['to'] | string) %}
        {{ return('(' ~ time ~ ' >= cast(' ~ since ~ ' as timestamp) and ' ~ time ~ ' < cast(' ~ until ~ ' as timestamp))') }}
    {% endif %}
    {% for name, value in scope.items() %}
        {{ return(prefix ~ name ~ ' = ' ~ text_literal(value | string) if name in node.columns else '1 = 0') }}
    {% endfor %}
{% endmacro %}


{% macro entities_to_reconcile() %}
    {%- set condition = is_in_scope('existing.', model) -%}
    {%- for input in increment_inputs() %}
select
    entity_key,
    {{ earliest_time() }} as occurred_at
from {{ input.relation }}
where {{ is_in_scope('', input.node) }}
union all
    {%- endfor %}
select
    entity_key,
    {{ earliest_time() }} as occurred_at
from {{ this }} as existing
where
    {%- if condition != '1 = 0' %}
    {{ condition }}
    {%- else %}
        {%- for input in increment_inputs() if 'event_id' in input.node.columns %}
    {{ 'and ' if not loop.first }}not exists (
        select 1
        from (
            select
                event_name,
                event_id,
                {{ event_key() }} as event_key
            from {{ input.relation }}
        ) as present
        where {{ is_row_of_event('existing', 'present') | indent(12) }}
    )
        {%- endfor %}
    {%- endif %}
{% endmacro %}
