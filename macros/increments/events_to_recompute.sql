{#
  The events that a model of events is computed from, in the columns of its view of inputs. A full refresh reads the view whole. An
  increment reads the changes, and the other events of the affected entities from the model's own rows, which have every column of the
  view. A reconciliation reads the affected entities from the view.
#}
{% macro events_to_recompute(relation, lookback=0) -%}
    {%- set recompute_from = 'affected.recompute_from' if is_incremental() else earliest_time() -%}
    (
    {%- if not is_incremental() or is_reconciling() %}
        select
            events.*,
            {{ recompute_from }} as recompute_from
        from {{ relation }} as events
        {{ join_affected('events', lookback) | indent(8) }}
    {%- else %}
        {%- for rows in [temporary_table('changes'), this] %}
        select
            {%- for column in event_columns_of(relation) %}
            events.{{ column }},
            {%- endfor %}
            affected.recompute_from
        from {{ rows }} as events
        {{ join_affected('events', lookback) | indent(8) }}
            {%- if loop.first %}
        union all
            {%- else %}
        where
            not exists (
                select 1
                from {{ temporary_table('changes') }} as changed
                where {{ is_same_event('events', 'changed') | indent(20) }}
            )
            {%- endif %}
        {%- endfor %}
    {%- endif %}
    ) as inputs
{%- endmacro %}


{% macro event_columns_of(relation) %}
    {% set columns = [] %}
    {% for input in increment_inputs() if input.node.alias == relation.identifier %}
        {% for name in input.node.columns if name not in ('input_name', 'written_at') %}
            {% if name not in model.columns %}
                {{ exceptions.raise_compiler_error(this.identifier ~ ' lacks the column ' ~ name ~ ' of its input ' ~ input.node.name
                    ~ ': an increment reads unchanged events from the rows of the model itself.') }}
            {% endif %}
            {% do columns.append(name) %}
        {% endfor %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
