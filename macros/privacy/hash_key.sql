{% macro keyed_hash(value) %}
    {{ return("md5('" ~ var('hash_key') ~ "' || " ~ value ~ ')') }}
{% endmacro %}
