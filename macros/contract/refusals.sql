{% macro refusals(columns) %}
    {% set found = {} %}
    {% for refusal in columns | sum('refusals', []) %}
        {% do found.setdefault(refusal.name, refusal) %}
    {% endfor %}
    {% set refused = found.values() | selectattr('is_refused') | map(attribute='is_refused') | list %}
    {% set cut = found.values() | selectattr('is_cut') | map(attribute='is_cut') | list %}
    {% set times = found.values() | selectattr('is_time') | map(attribute='is_refused') | list %}
    {{ return([
        'cast(' ~ count_of(refused) ~ ' as bigint) as refused_value_count',
        'cast(' ~ count_of(cut) ~ ' as bigint) as cut_value_count',
        times | join(' or ') | default('false', true) ~ ' as has_refused_time',
    ]) }}
{% endmacro %}


{% macro count_of(conditions) %}
    {% set counted = [] %}
    {% for condition in conditions %}
        {% do counted.append('case when ' ~ condition ~ ' then 1 else 0 end') %}
    {% endfor %}
    {{ return(counted | join(' + ') | default('0', true)) }}
{% endmacro %}


{#
  Personal columns that are dropped or replaced are not counted. A raw column that is read for two declared columns is counted once.
#}
{% macro refusals_of(column, landed) %}
    {% set found = [] %}
    {% for raw in landed_as(column, landed) if column.config.meta.get('personal_data') in ('mask', 'hash', 'keep', none) %}
        {% set is_refused = is_refused_value(column, raw) %}
        {% set is_time = is_refused and column.name in ('timestamp', 'original_timestamp') %}
        {% set is_text = column.data_type.startswith('varchar') and landed_kind(raw.type) == 'text' and not is_id_column(column) %}
        {% set is_cut = 'octet_length(' ~ raw.sql ~ ') > ' ~ id_bytes(column.data_type) if is_text and not is_time else none %}
        {% do found.append({'name': raw.name, 'is_refused': is_refused, 'is_time': is_time, 'is_cut': is_cut}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}


{% macro is_refused_value(column, raw) %}
    {% set kind, declared, is_id = landed_kind(raw.type), column.data_type, is_id_column(column) %}
    {% if declared.startswith('varchar') and (not is_id or kind in ('integer', 'boolean')) %}
        {{ return(none) }}
    {% elif kind == 'integer' and declared in ('bigint', 'double precision') or kind == declared == 'boolean' %}
        {{ return(none) }}
    {% endif %}
    {% set value = safe_cast_landed(raw.sql, raw.type, declared, is_id) %}
    {#- To trim takes longest, so that condition is the last one. #}
    {% set is_not_blank = ' and ' ~ trimmed_id(raw.sql) ~ " <> ''" if kind == 'text' else '' %}
    {{ return('(' ~ raw.sql ~ ' is not null and (' ~ value ~ ') is null' ~ is_not_blank ~ ')') }}
{% endmacro %}
