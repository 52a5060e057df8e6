{#
  Personal columns that are dropped or replaced are not counted. A raw column that is read for two declared columns is counted once.
#}
{% macro refusals(table, landed) %}
    {% set refused, cut, times, seen = [], [], [], [] %}
    {% for column in table.columns.values() if column.config.meta.get('personal_data') in ('mask', 'hash', 'keep', none) %}
        {% for raw in landed_as(column, landed) if raw.name not in seen %}
            {% do seen.append(raw.name) %}
            {% set is_refused = is_refused_value(column, raw) %}
            {% if is_refused %}
                {% do refused.append('case when ' ~ is_refused ~ ' then 1 else 0 end') %}
            {% endif %}
            {% if is_refused and column.name in ('timestamp', 'original_timestamp') %}
                {% do times.append(is_refused) %}
            {% elif column.data_type.startswith('varchar') and landed_kind(raw.type) == 'text' and not is_id_column(column) %}
                {% set length = 'octet_length(' ~ raw.sql ~ ')' %}
                {% do cut.append('case when ' ~ length ~ ' > ' ~ id_bytes(column.data_type) ~ ' then 1 else 0 end') %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return([
        'cast(' ~ refused | join(' + ') | default('0', true) ~ ' as bigint) as refused_value_count',
        'cast(' ~ cut | join(' + ') | default('0', true) ~ ' as bigint) as cut_value_count',
        times | join(' or ') | default('false', true) ~ ' as has_refused_time',
    ]) }}
{% endmacro %}


{% macro is_refused_value(column, raw) %}
    {% set kind, declared, is_id = landed_kind(raw.type), column.data_type, is_id_column(column) %}
    {% if declared.startswith('varchar') and (not is_id or kind in ('integer', 'boolean')) %}
        {{ return(none) }}
    {% elif kind == 'integer' and declared in ('bigint', 'double precision') or kind == declared == 'boolean' %}
        {{ return(none) }}
    {% endif %}
    {% set value = safe_cast_landed(raw.sql, raw.type, declared, is_id) %}
    {% set is_not_blank = ' and ' ~ trimmed_id(raw.sql) ~ " <> ''" if kind == 'text' else '' %}
    {{ return('(' ~ raw.sql ~ ' is not null' ~ is_not_blank ~ ' and (' ~ value ~ ') is null)') }}
{% endmacro %}
