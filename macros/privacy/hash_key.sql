{#
  HMAC, written with the only function that both warehouses document: SHA-256 of text, in hexadecimal. HMAC hashes twice, and each time puts
  a block of 64 bytes in front, which it makes from the key. Here the blocks are hashes of the key, and the inner hash is hexadecimal.
#}
{% macro keyed_hash(value) %}
    {% do hash_key_fingerprint() if execute and flags.WHICH in ('run', 'build') %}
    {% set blocks = [] %}
    {% for name in ['inner', 'outer'] %}
        {% do blocks.append('(select ' ~ sha256("'" ~ name ~ " ' || secret") ~ ' from ' ~ hash_key_table() ~ ')') %}
    {% endfor %}
    {{ return('left(' ~ sha256(blocks[1] ~ ' || ' ~ sha256(blocks[0] ~ ' || ' ~ value)) ~ ', 32)') }}
{% endmacro %}


{% macro sha256(text) %}
    {{ return('sha2(' ~ text ~ ', 256)' if target.type == 'redshift' else 'encode(sha256(convert_to(' ~ text ~ ", 'UTF8')), 'hex')") }}
{% endmacro %}


{% macro hash_key_table() %}
    {{ return(api.Relation.create(database=target.database, schema=target.schema ~ '_privacy', identifier='hash_key', type='table')) }}
{% endmacro %}


{# Stored as for `catalog_of`. #}
{% macro hash_key_fingerprint() %}
    {% set name = 'hash_key_fingerprint ' ~ invocation_id %}
    {% if name not in graph %}
        {% set table = hash_key_table() %}
        {% set query %}
select
    min(left({{ sha256("'fingerprint ' || secret") }}, 32)) as fingerprint,
    count(*) as keys,
    min(length(secret)) as characters
from {{ table }}
        {% endset %}
        {% set row = run_query(query).rows[0] if adapter.get_relation(table.database, table.schema, table.identifier) else [none, 0, 0] %}
        {% if row[1] != 1 or row[2] < 32 %}
            {% set found = 'has a key of ' ~ row[2] ~ ' characters' if row[1] == 1 else 'has ' ~ row[1] ~ ' keys' if row[1] else 'has no key' %}
            {{ exceptions.raise_compiler_error(
                'Keyed hashes need one key of at least 32 characters, and the table ' ~ table ~ ' ' ~ found
                ~ '. Run warehouse/hash_key_' ~ target.type ~ '.sql as the user who runs dbt. See docs/operations.md, "The hash key".'
            ) }}
        {% endif %}
        {% do graph.update({name: row[0]}) %}
    {% endif %}
    {{ return(graph[name]) }}
{% endmacro %}


{# A full refresh has not read the watermark table yet. #}
{% macro stop_if_hash_key_has_changed(watermarks=none) %}
    {% set table = watermark_table() %}
    {% set input_names = watermarks.keys() | list if watermarks is not none else [] %}
    {% if watermarks is none and load_cached_relation(table) is not none %}
        {% set input_names = run_query('select input_name from ' ~ table).columns[0].values() %}
    {% endif %}
    {% do stop_if_list_has_another_key({table: input_names}) %}
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


{% macro stop_if_list_has_another_key(input_names) %}
    {% set statements = [] %}
    {% for table, names in input_names.items() %}
        {% for name in names if name.startswith('forgotten ') and not name.endswith(' ' ~ hash_key_fingerprint()[:8]) %}
            {% do statements.append('delete from ' ~ table ~ " where input_name like 'forgotten %'") %}
        {% endfor %}
    {% endfor %}
    {% if statements %}
        {{ exceptions.raise_compiler_error(
            'The list of people to forget was made with another key than that of ' ~ hash_key_table() ~ ', so it would match nobody. Nothing'
            ~ ' was written. Put the former key back into the table, and run forget_user for each of these people until it says done. If the'
            ~ ' former key is lost, delete the list, and run forget_user for each of these people again before any other run: '
            ~ statements | unique | join('; ') ~ ' (docs/operations.md, "The hash key").'
        ) }}
    {% endif %}
{% endmacro %}
