{# A full refresh has not read the watermark table yet. #}
{% macro stop_if_hash_key_has_changed(watermarks=none) %}
    {% set table = watermark_table() %}
    {% set input_names = watermarks.keys() | list if watermarks is not none else [] %}
    {% if watermarks is none and load_cached_relation(table) is not none %}
        {% set input_names = run_query('select input_name from ' ~ table ~ ' where input_name is not null').columns[0].values() %}
    {% endif %}
    {% do stop_if_list_would_match_nobody({table: input_names}) %}
    {% for name in input_names if name.startswith('rule hash_key=') and name != 'rule hash_key=' ~ rules_of_model().get('hash_key') %}
        {% if is_incremental() and not is_reconciling_all() %}
            {{ exceptions.raise_compiler_error(
                'The keyed hashes of ' ~ this.identifier ~ ' were made with another key than that of ' ~ hash_key_table() ~ '. Nothing was'
                ~ ' written. Put the former key back into the table, or make all hashes with the present key: dbt run --full-refresh --select '
                ~ this.identifier ~ '+ (docs/operations.md, "The hash key").'
            ) }}
        {% endif %}
        {% do stop_if_hashes_cannot_be_made_again() %}
    {% endfor %}
{% endmacro %}


{% macro stop_if_hashes_cannot_be_made_again() %}
    {% set hashed = [] %}
    {% set present = adapter.get_columns_in_relation(this) | map(attribute='name') | list %}
    {% for column in model.columns.values() if column.name in present and column.config.meta.get('keyed_hash_of') %}
        {% do hashed.append(column.name) %}
    {% endfor %}
    {% set landed = increment_inputs() | map(attribute='event_table') | select('in', landed_columns(var('raw_schema'))) | list %}
    {% set query %}
select count(*) as events
from {{ this }} as existing
where
    coalesce({{ (hashed + ['null']) | join(', ') }}) is not null
    and (event_name not in ('{{ landed | join("', '") }}') or {{ is_past_retention('existing') | indent(4) }})
    {% endset %}
    {% set events = run_query(query).rows[0][0] if hashed else 0 %}
    {% if events %}
        {{ exceptions.raise_compiler_error(
            this.identifier ~ ' has ' ~ events ~ ' events with a hash of another key than that of ' ~ hash_key_table() ~ ', which cannot be'
            ~ ' made again: the events are past retention, or their raw table cannot be read. Nothing was written. Put the former key back'
            ~ ' into the table, or delete these hashes and repeat the command: update ' ~ this ~ ' set ' ~ hashed | join(' = null, ')
            ~ ' = null (docs/operations.md, "The hash key").'
        ) }}
    {% endif %}
{% endmacro %}
