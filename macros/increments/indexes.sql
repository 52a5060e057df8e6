{% macro create_increment_indexes(relation) %}
    {% set strategy, meta = config.get('incremental_strategy'), model.config.meta %}
    {% set indexes = [] %}
    {% if strategy == 'replace_events' %}
        {% do indexes.extend([[index_hash('event_id')], [index_hash('event_name'), 'loaded_at'], ['written_at']]) %}
    {% elif strategy == 'replace_entities' %}
        {% set times = ['coalesce(' ~ event_time() ~ ', ' ~ latest_time() ~ ')'] if meta.get('recompute_since') else [] %}
        {% set event = 'event_id' if model.config.unique_key | length > 1 else meta.get('row_event', model.config.unique_key[0]) %}
        {% do indexes.extend([[index_hash('entity_key')] + times, [index_hash(event)], ['written_at']]) %}
        {% if meta.get('timeout') %}
            {% do indexes.append(['outcome', meta.timeout.get('since', event_time())]) %}
        {% endif %}
    {% endif %}
    {% if target.type != 'redshift' and indexes %}
        {% call statement('indexes') %}
            {% for columns in indexes %}
{{ get_create_index_sql(relation, {'columns': columns}) }};
            {% endfor %}
        {% endcall %}
    {% endif %}
{% endmacro %}


{# Redshift knows the number of rows that it has written. #}
{% macro analyze(relation) %}
    {{- '' if target.type == 'redshift' else 'analyze ' ~ relation ~ ';' -}}
{% endmacro %}
