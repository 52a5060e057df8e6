{% macro increment_inputs() %}
    {% set inputs = [] %}
    {% for id in model.depends_on.nodes if id in graph.nodes %}
        {% set node = graph.nodes[id] %}
        {% if 'written_at' in node.columns or 'loaded_at' in node.columns %}
            {% set names = [] %}
            {% for parent in node.depends_on.nodes if 'input_name' in node.columns %}
                {% do names.append(graph.nodes[parent].name) %}
            {% endfor %}
            {% do inputs.append({
                'node': node, 'relation': ref(node.name), 'names': names or [node.name], 'event_table': node.name.removeprefix('stg_')
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(inputs) }}
{% endmacro %}


{% macro is_changed(input, watermarks) %}
    {%- set since = [] -%}
    {%- for name in input.names -%}
        {%- do since.append(timestamp_literal(watermarks.get(name))) -%}
    {%- endfor -%}
{#- Redshift skips blocks by a condition on written_at alone -#}
written_at > {{ since | min }}
    {%- if 'input_name' in input.node.columns %}
and (
    input_name not in ('{{ input.names | join("', '") }}')
        {%- for name in input.names %}
    or (input_name = '{{ name }}' and written_at > {{ since[loop.index0] }})
        {%- endfor %}
)
    {%- endif -%}
{% endmacro %}


{% macro event_time(node=none) %}
    {% set node = node or model %}
    {{ return(node.config.sort[0] if node.config.incremental_strategy == 'replace_entities' and node.config.materialized == 'incremental' else 'occurred_at') }}
{% endmacro %}


{% macro temporary_table(rows) -%}
    {{ this.identifier }}__{{ rows }}
{%- endmacro %}
