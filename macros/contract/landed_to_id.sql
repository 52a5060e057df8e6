{#
  Most ids have neither white space at their ends nor the length of a placeholder. Conditions on the length and on the first and last
  character recognize them, which costs less than to trim and compare every id.
#}
{% macro landed_to_id(column, landed_type, declared_type) %}
    {% set kind = landed_kind(landed_type) %}
    {% if kind == 'text' %}
        {{ return('cast(' ~ clean_id(column, id_bytes(declared_type)) ~ ' as ' ~ declared_type ~ ')') }}
    {% endif %}
    {% set text = landed_to_text(column, kind, declared_type) %}
    {% if kind == 'float' %}
        {#- Whole numbers are exact up to 2^24 in single precision, and up to 2^53 in double precision. #}
        {% set largest = 16777216 if landed_type in ('real', 'float4') else 9007199254740992 %}
        {{ return('case when abs(' ~ column ~ ') <= ' ~ largest ~ ' then ' ~ text ~ ' end') }}
    {% elif kind in ('integer', 'boolean') %}
        {{ return(text) }}
    {% endif %}
    {% set id = 'cast(' ~ clean_id(text, id_bytes(declared_type)) ~ ' as ' ~ declared_type ~ ')' %}
    {#- PostgreSQL's numeric has NaN and infinity. Either, less itself, is NaN. #}
    {{ return('case when ' ~ column ~ ' - ' ~ column ~ ' = 0 then ' ~ id ~ ' end' if kind == 'decimal' else id) }}
{% endmacro %}


{% macro clean_id(text, most_bytes=508) %}
    {% set trimmed = trimmed_id(text) %}
    {% set end = 'ascii(right(' ~ text ~ ', 1))' %}
    {{ return('case when ascii(' ~ text ~ ') between 33 and 126 and ' ~ end ~ ' between 33 and 126 then '
        ~ 'case when ' ~ is_id(text, most_bytes) ~ ' then ' ~ text ~ ' end'
        ~ ' when ' ~ is_id(trimmed, most_bytes) ~ ' then ' ~ trimmed ~ ' end') }}
{% endmacro %}


{% macro is_id(trimmed, most_bytes) %}
    {% set words, lengths = ["''"], [0] %}
    {% for word in var('placeholder_ids') %}
        {% do words.append(text_literal(word | lower)) %}
        {% do lengths.append(word.encode() | length) %}
    {% endfor %}
    {% set length = 'octet_length(' ~ trimmed ~ ')' %}
    {{ return('(' ~ length ~ ' between ' ~ (lengths | max + 1) ~ ' and ' ~ most_bytes ~ ' or ' ~ length ~ ' <= ' ~ lengths | max
        ~ ' and lower(' ~ trimmed ~ ') not in (' ~ words | join(', ') ~ '))') }}
{% endmacro %}


{#
  What JavaScript's trim() removes, except the separators of lines and paragraphs, U+2028 and U+2029. Control characters are not
  written as they are, because Jinja's filter `indent` would replace them. One literal costs PostgreSQL less than a sum, which it
  stores in each view and computes for each plan. Redshift documents no literal with escapes.
#}
{% macro trimmed_id(text) %}
    {% set others = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff'" %}
    {% set controls = "chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || '" if target.type == 'redshift' else "E'\\t\\n\\x0b\\f\\r" %}
    {{ return('btrim(' ~ text ~ ', ' ~ controls ~ others ~ ')') }}
{% endmacro %}


{% macro id_bytes(declared_type) %}
    {{ return(modules.re.sub('[^0-9]', '', declared_type) | int - 4) }}
{% endmacro %}
