{% macro events_to_recompute(relation, lookback=0) -%}
    {%- set recompute_from = 'affected.recompute_from' if is_incremental() else earliest_time() -%}
    (
    {%- if not is_incremental() or is_reconciling() %}
        select
            events.*,
            {{ recompute_from }} as recompute_from
        from (select * from {{ relation }}) as events
        {{ join_affected('events', lookback) | indent(8) }}
    {%- else %}
        {%- for rows in [temporary_table('changes'), this] %}
            {%- if not loop.first %}
        union all
        select *
        from (
            {%- endif %}
        select
            {%- for input in increment_inputs() if input.relation == relation %}
                {%- for column in input.node.columns if column not in ('input_name', 'written_at') %}
            events.{{ column }},
                {%- endfor %}
            {%- endfor %}
            affected.recompute_from
        from {{ rows }} as events
        {{ join_affected('events', lookback) | indent(8) }}
            {%- if not loop.first %}
        {#- PostgreSQL would count the hash of `not in` for each entity, and so read the whole table, if the condition was in the join #}
        {{ 'offset 0' if target.type != 'redshift' }}
        ) as events
        where {{ is_not_among('events', temporary_table('changes')) }}
            {%- endif %}
        {%- endfor %}
    {%- endif %}
    ) as inputs
{%- endmacro %}
