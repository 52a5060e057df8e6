{% macro stream_value(column, staging_columns) %}
    {% set meta = column.config.meta %}
    {% set hash_of, entity = meta.get('keyed_hash_of'), meta.get('entity') %}
    {% if column.name == 'written_at' %}
        {{ return(written_at()) }}
    {% elif column.name == 'is_clock_suspect' %}
        {{ return(is_clock_suspect()) }}
    {% elif entity %}
        {% set divided_by = meta.get('divided_by') %}
        {% set keys = [] %}
        {% for id in entity if id in staging_columns %}
            {% set key = "'" ~ id.removesuffix('_id') ~ ":' || " ~ id %}
            {% if divided_by in staging_columns %}
                {% set part = "'" ~ divided_by.split('_') | first ~ ":' || " ~ id ~ " || ':' || cast(" ~ divided_by ~ " as varchar(20))" %}
                {% set key = 'case when ' ~ divided_by ~ ' > 0 then ' ~ part ~ ' else ' ~ key ~ ' end' %}
            {% endif %}
            {% do keys.append("case when app = '" ~ meta.entity_of_app ~ "' then " ~ key ~ ' end' if meta.entity_of_app else key) %}
        {% endfor %}
        {% do keys.append("'none:' || " ~ event_key()) %}
        {{ return('cast(coalesce(' ~ keys | join(', ') ~ ') as ' ~ column.data_type ~ ')') }}
    {% elif hash_of in staging_columns %}
        {{ return('cast(' ~ keyed_hash(hash_of) ~ ' as ' ~ column.data_type ~ ')') }}
    {% elif column.name in staging_columns %}
        {{ return(column.name) }}
    {% endif %}
    {{ return('cast(null as ' ~ column.data_type ~ ')') }}
{% endmacro %}


{% macro is_clock_suspect() %}
    {% set latest = timestamp_add('minute', var('clock_skew_tolerance_minutes'), 'received_at') %}
    {% set earliest = timestamp_add('day', -var('event_delay_max_days'), 'received_at') %}
    {{ return('(has_refused_time or coalesce(occurred_at > ' ~ latest ~ ' or occurred_at < ' ~ earliest ~ ', false))') }}
{% endmacro %}
