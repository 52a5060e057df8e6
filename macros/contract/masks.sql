{#
  What looks like an e-mail address or a token, as regular expressions that PostgreSQL, Perl and Python read alike. A token is at least 20
  letters and digits in a row, with a digit among them, and what is around it; or a UUID.
#}
{% macro mask_patterns() %}
    {{ return({
        'address': '[^ /?&=,;<>()]*(@|%40)[^ /?&=,;<>()]*',
        'token': '[0-9A-Za-z_.~-]*(?=[A-Za-z]*[0-9])[0-9A-Za-z]{20,}[0-9A-Za-z_.~=-]*',
        'uuid': '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
        'name': '_(aol|gmail|gmx|googlemail|hotmail|icloud|outlook|protonmail|yahoo)_|[^_]_[0-9a-z]+_(com|edu|example|gov|net|org|test)$',
    }) }}
{% endmacro %}


{# `strpos` and the short pattern cost a fraction of the others, and nearly all values need no more. #}
{% macro masked_text(value, data_type) %}
    {% set patterns = mask_patterns() %}
    {% set pattern = [patterns.address, patterns.token, patterns.uuid] | join('|') %}
    {% set how = ", 1, 'p')" if target.type == 'redshift' else ", 'g')" %}
    {{ return(
        'case when strpos(' ~ value ~ ", '@') = 0 and strpos(" ~ value ~ ", '%40') = 0 and (length(" ~ value ~ ') < 20 or not (' ~ value
        ~ " ~ '[0-9A-Za-z]{20}' or " ~ value ~ " like '%-____-____-____-____________%')) then " ~ value
        ~ ' else cast(regexp_replace(' ~ value ~ ", '" ~ pattern ~ "', '[masked]'" ~ how ~ ' as ' ~ data_type ~ ') end'
    ) }}
{% endmacro %}


{# Segment writes what is no letter or digit in a name as `_`, so an e-mail address in a name is known by how it ends. #}
{% macro masked_name(name, position) %}
    {% for pattern in mask_patterns().values() if modules.re.search(pattern, name) %}
        {{ return('[masked ' ~ position ~ ']') }}
    {% endfor %}
    {{ return(name) }}
{% endmacro %}


{# The names of `masked_name` where they are values. #}
{% macro masked_event_name(value) %}
    {{ return(
        "cast(case when " ~ value ~ " ~ '" ~ mask_patterns().name ~ "' then '[masked]' else " ~ masked_text(value, 'varchar(512)')
        ~ ' end as varchar(512))'
    ) }}
{% endmacro %}


{# An address in figures is no name of a host, and a user before the host is an odd address: both give null. #}
{% macro url_host(url) %}
    {% set authority = "split_part(split_part(split_part(lower(" ~ url ~ "), '/', 3), '?', 1), '#', 1)" %}
    {{ return(
        'case when (lower(' ~ url ~ ") like 'https://%' or lower(" ~ url ~ ") like 'http://%') and " ~ authority
        ~ " ~ '^([a-z0-9_-]+[.])*[a-z][a-z0-9_-]*[.]?(:[0-9]*)?$' then rtrim(split_part(" ~ authority ~ ", ':', 1), '.') end"
    ) }}
{% endmacro %}
