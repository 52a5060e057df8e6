{#
  HMAC, written with the only function that both warehouses document: SHA-256 of text, in hexadecimal. HMAC hashes twice, and each time puts
  a block of 64 bytes in front, which it makes from the key. Here the blocks are hashes of the key, and the inner hash is hexadecimal.
#}
{% macro keyed_hash(value) %}
    {{ return('left(' ~ sha256(key_block('outer') ~ ' || ' ~ sha256(key_block('inner') ~ ' || ' ~ value)) ~ ', 32)') }}
{% endmacro %}


{# Too few to identify anybody. They are compared before `keyed_hash`, which costs more. #}
{% macro keyed_digits(value) %}
    {{ return('left(md5(' ~ key_block('digits') ~ ' || ' ~ value ~ '), 4)') }}
{% endmacro %}


{#
  What writes hashes records the fingerprint beside them. So its statements fail if the key is another one by then, or none: a text is no
  integer. The first characters of the key, none of them, keep a planner from evaluating the cast in advance.
#}
{% macro key_block(name) %}
    {% set block = sha256("'" ~ name ~ " ' || secret") %}
    {% if execute and flags.WHICH in ('run', 'build', 'run-operation') %}
        {% set unchanged = 'count(*) = 1 and min(' ~ key_fingerprint() ~ ") = '" ~ hash_key_fingerprint() ~ "'" %}
        {% set failure = "cast('The hash key was changed during this run.' || left(coalesce(min(secret), ''), 0) as integer)" %}
        {% set block = 'case when ' ~ unchanged ~ ' then min(' ~ block ~ ') else cast(' ~ failure ~ ' as varchar(64)) end' %}
    {% endif %}
    {{ return('(select ' ~ block ~ ' from ' ~ hash_key_table() ~ ')') }}
{% endmacro %}


{% macro key_fingerprint() %}
    {{ return('left(' ~ sha256("'fingerprint ' || secret") ~ ', 32)') }}
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
    min({{ key_fingerprint() }}) as fingerprint,
    count(*) as keys,
    min(case when secret ~ '[^[:space:]]' then length(secret) else 0 end) as characters
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


{#
  Entries of older versions lack the keyed digits or the fingerprint (forgotten_ids.sql). Nothing but the ids could make them again.
#}
{% macro stop_if_list_would_match_nobody(input_names) %}
    {% set older, others = [], [] %}
    {% for table, names in input_names.items() %}
        {% set deletion = 'delete from ' ~ table ~ " where input_name like 'forgotten %'" %}
        {% for name in names if name.startswith('forgotten ') %}
            {% if not modules.re.match('forgotten [0-9a-f]{32} [0-9a-f]{32} [0-9a-f]{4} [0-9a-f]{8}$', name) %}
                {% do older.append(deletion) %}
            {% elif not name.endswith(' ' ~ hash_key_fingerprint()[:8]) %}
                {% do others.append(deletion) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% if older %}
        {{ exceptions.raise_compiler_error(
            'The list of people to forget was made by an older version of this project, so it would match nobody. Nothing was written. Delete'
            ~ ' the list, and run forget_user for each of these people again before any other run: ' ~ older | unique | join('; ')
            ~ ' (docs/runbook.md).'
        ) }}
    {% elif others %}
        {{ exceptions.raise_compiler_error(
            'The list of people to forget was made with another key than that of ' ~ hash_key_table() ~ ', so it would match nobody. Nothing'
            ~ ' was written. Put the former key back into the table, and run forget_user for each of these people until it says done. If the'
            ~ ' former key is lost, delete the list, and run forget_user for each of these people again before any other run: '
            ~ others | unique | join('; ') ~ ' (docs/operations.md, "The hash key").'
        ) }}
    {% endif %}
{% endmacro %}
