{% macro rules_of_model() %}
    {% set is_stream = model.config.incremental_strategy == 'replace_events' %}
    {% set vars, raw_names, policies, code = {}, {}, {}, [] %}
    {% for node in [model] + views_above(model) %}
        {% for name in modules.re.findall("var[(]'([a-z_]+)'", node.raw_code) if name not in ('raw_schema', 'raw_names') %}
            {% do vars.update({name: var(name)}) %}
        {% endfor %}
        {#- The stream's own SQL is left out. It lists the staging models, and the next increment reads a new one in full. #}
        {% if not (is_stream and node.unique_id == model.unique_id) %}
            {% do code.append(modules.re.sub('(?s)[{]#.*?#[}]|--[^\n]*|\\s', '', node.raw_code)) %}
        {% endif %}
        {% for id in node.depends_on.nodes if id in graph.sources %}
            {% for column in graph.sources[id].columns.values() %}
                {% set name = graph.sources[id].name ~ '.' ~ column.name %}
                {% set accepted = accepted_raw_names(column) %}
                {% do raw_names.update({name: accepted} if accepted != [column.name] else {}) %}
                {% do policies.update({name: column.config.meta.personal_data} if column.config.meta.personal_data else {}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {% do vars.update({'personal_data': policies} if policies else {}) %}
    {% if is_stream %}
        {% for name in ['clock_skew_tolerance_minutes', 'event_delay_max_days', 'placeholder_ids'] %}
            {% do vars.update({name: var(name)}) %}
        {% endfor %}
        {% for column in model.columns.values() if column.config.meta.get('keyed_hash_of') %}
            {% do vars.update({'hash_key': hash_key_fingerprint()}) %}
        {% endfor %}
    {% endif %}
    {% set rules = {} %}
    {% for name, value in dict(vars, raw_names=raw_names, SQL=code | sort).items() %}
        {% set text = tojson(value, sort_keys=true) %}
        {% do rules.update({name: text if value is number else '#' ~ local_md5(name ~ text)[:8]}) %}
    {% endfor %}
    {{ return(rules) }}
{% endmacro %}


{% macro views_above(node) %}
    {% set views = [] %}
    {% for id in node.depends_on.nodes if id in graph.nodes and graph.nodes[id].config.materialized == 'view' %}
        {% do views.extend([graph.nodes[id]] + views_above(graph.nodes[id])) %}
    {% endfor %}
    {{ return(views) }}
{% endmacro %}


{% macro warn_of_changed_rules(watermarks, has_new_columns) %}
    {%- set recorded, changes = {}, [] -%}
    {%- for input_name in watermarks if input_name.startswith('rule ') -%}
        {%- do recorded.update([input_name[5:].split('=')]) -%}
    {%- endfor -%}
    {%- set rules = rules_of_model() -%}
    {%- for name, value in rules.items() if recorded.get(name) != value and not (name == 'SQL' and has_new_columns) -%}
        {%- do changes.append(name ~ (' was ' ~ recorded[name] ~ ' and is ' ~ value if name in recorded and value[0] != '#')) -%}
    {%- endfor -%}
    {%- if not recorded or var('accept_changed_rules') or (has_new_columns and not changes) -%}
        {%- call statement('rules') %}{{ record_rules() }}{% endcall -%}
    {%- elif changes and not is_reconciling_all() -%}
        {%- do exceptions.warn(
            'The rules of ' ~ this.identifier ~ ' have changed since its rows were computed: ' ~ changes | join(', ')
            ~ '. This run applies the new rules only to the rows that it recomputes. To recompute all rows, run: dbt run --full-refresh'
            ~ ' --select ' ~ this.identifier ~ '+ (or: dbt run --select ' ~ this.identifier ~ "+ --vars 'reconcile: true'). To accept the"
            ~ ' rows as they are, run: dbt run --select ' ~ this.identifier ~ " --vars 'accept_changed_rules: true'."
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro recorded_rules() -%}
    {%- for name, value in rules_of_model().items() %}
select
    {{ text_literal('rule ' ~ name ~ '=' ~ value) }} as input_name,
    cast(null as timestamp) as watermark
{{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro record_rules() %}
delete from {{ watermark_table() }}
where input_name like 'rule %';
{{ record_watermarks([recorded_rules()], delete_older=false) }}
{% endmacro %}
