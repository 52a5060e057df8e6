{#
  Regular expressions of e-mail addresses, tokens and UUIDs, with the same meaning in PostgreSQL, Perl and Python. A token is a sequence of
  at least 20 letters and digits that has a digit, with the characters `_.~-` around it.
#}
{% macro mask_patterns() %}
    {{ return({
        'address': '[^ /?&=,;<>()]*(@|%(25)*40)[^ /?&=,;<>()]*',
        'token': '[0-9A-Za-z_.~-]*(?=[A-Za-z]*[0-9])[0-9A-Za-z]{20,}[0-9A-Za-z_.~=-]*',
        'uuid': '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
        'name': '_(aol|gmail|gmx|googlemail|hotmail|icloud|outlook|protonmail|yahoo)_|[^_]_[0-9a-z]+_(com|edu|example|gov|net|org|test)$',
    }) }}
{% endmacro %}


{#
  One expression of all three patterns would give the same text, at several times the cost. An address reaches from delimiter to delimiter,
  and the beginning of a token includes any UUID before it. So addresses come first and UUIDs last. Cheap conditions are enough for nearly
  all values. An encoded `%40` has `2540`. The landed text is masked before it is cut to the length of the column, for a part of an address or
  token would not be recognized.
#}
{% macro masked_text(value, text, data_type) %}
    {% set patterns = mask_patterns() %}
    {% set replaced = "regexp_replace(%s, '%s', '[masked]', " ~ ("1, 'p')" if target.type == 'redshift' else "'g')") %}
    {% set without_uuids = replaced | format(text, patterns.uuid) %}
    {% set without_addresses = replaced | format(text, patterns.address) %}
    {% set without_all = replaced | format(replaced | format(without_addresses, patterns.token), patterns.uuid) %}
    {% set cut = "nullif(rtrim(cast(%s as " ~ data_type ~ ")), '')" %}
    {{ return(
        'cast(case when strpos(' ~ text ~ ", '@') > 0 or strpos(" ~ text ~ ", '%40') > 0 or strpos(" ~ text ~ ", '2540') > 0 or length("
        ~ text ~ ') >= 20 and ' ~ text ~ " ~ '[0-9A-Za-z]{20}' then " ~ cut | format(without_all) ~ ' when ' ~ text
        ~ " like '%-____-____-____-____________%' then " ~ cut | format(without_uuids) ~ ' else ' ~ value ~ ' end as ' ~ data_type ~ ')'
    ) }}
{% endmacro %}


{# Segment replaces all characters of a name other than letters and digits by `_`, so an e-mail address is recognized by its end. #}
{% macro masked_name(name, position) %}
    {% for pattern in mask_patterns().values() if modules.re.search(pattern, name | lower) %}
        {{ return('[masked ' ~ position ~ ']') }}
    {% endfor %}
    {{ return(name) }}
{% endmacro %}


{# As `masked_name`, for names that are values of a column. #}
{% macro masked_event_name(value, text) %}
    {{ return(
        'cast(case when lower(rtrim(' ~ text ~ ")) ~ '" ~ mask_patterns().name ~ "' then '[masked]' else " ~ masked_text(value, text, 'varchar(512)')
        ~ ' end as varchar(512))'
    ) }}
{% endmacro %}


{#
  An IP address and a URL with a user give null. A name has at most 253 characters, with a port 259: what is longer may be a user or password,
  of a URL that was cut before its host.
#}
{% macro url_host(url) %}
    {% set authority = "split_part(split_part(split_part(" ~ url ~ ", '/', 3), '?', 1), '#', 1)" %}
    {{ return(
        'case when (lower(' ~ url ~ ") like 'https://%' or lower(" ~ url ~ ") like 'http://%') and length(" ~ authority ~ ') < 260 and ' ~ authority
        ~ " ~ '^([A-Za-z0-9_-]+[.])*[A-Za-z][A-Za-z0-9_-]*[.]?(:[0-9]*)?$' then rtrim(split_part(lower(" ~ authority ~ "), ':', 1), '.') end"
    ) }}
{% endmacro %}
