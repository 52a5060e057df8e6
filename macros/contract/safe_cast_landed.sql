{% macro safe_cast_landed(column, landed_type, declared_type, is_id=false) %}
    {% set kind = landed_kind(landed_type) %}
    {% if is_id %}
        {{ return(landed_to_id(column, landed_type, declared_type)) }}
    {% elif declared_type.startswith('varchar') %}
        {{ return(landed_to_text(column, kind, declared_type)) }}
    {% elif declared_type == 'bigint' %}
        {{ return(landed_to_bigint(column, kind)) }}
    {% elif declared_type == 'double precision' %}
        {{ return(landed_to_double(column, kind)) }}
    {% elif declared_type == 'boolean' %}
        {{ return(landed_to_boolean(column, kind)) }}
    {% elif declared_type == 'timestamp' %}
        {{ return(landed_to_timestamp(column, kind)) }}
    {% endif %}
    {{ exceptions.raise_compiler_error(
        'The contract declares ' ~ column ~ ' as ' ~ declared_type
        ~ '. It may be varchar(n), bigint, double precision, boolean or timestamp.'
    ) }}
{% endmacro %}


{% macro landed_kind(landed_type) %}
    {% if landed_type.startswith(('char', 'varchar', 'text', 'bpchar', 'string')) %}{{ return('text') }}
    {% elif landed_type in ('bigint', 'integer', 'smallint', 'int', 'tinyint') %}{{ return('integer') }}
    {% elif landed_type.startswith(('numeric', 'decimal')) %}{{ return('decimal') }}
    {% elif landed_type.startswith(('double', 'real', 'float')) %}{{ return('float') }}
    {% elif landed_type == 'boolean' %}{{ return('boolean') }}
    {% elif landed_type in ('timestamp with time zone', 'timestamptz') %}{{ return('timestamptz') }}
    {% elif landed_type in ('timestamp without time zone', 'timestamp', 'date') %}{{ return('timestamp') }}
    {% endif %}
    {{ return('other') }}
{% endmacro %}


{% macro landed_to_text(column, kind, declared_type) %}
    {% if kind == 'boolean' %}
        {{ return("cast(case when " ~ column ~ " then 'true' when not " ~ column ~ " then 'false' end as " ~ declared_type ~ ')') }}
    {% elif kind == 'integer' %}
        {{ return('cast(' ~ column ~ ' as ' ~ declared_type ~ ')') }}
    {% elif kind in ('decimal', 'float') %}
        {% set text = 'cast(' ~ column ~ ' as ' ~ declared_type ~ ')' %}
        {% set whole = "when abs(" ~ column ~ ") <= 9007199254740992 and floor(" ~ column ~ ") = " ~ column
            ~ " then cast(cast(" ~ column ~ " as bigint) as " ~ declared_type ~ ") " %}
        {{ return("case " ~ whole ~ "when " ~ text ~ " like '%.%' and " ~ text ~ " not like '%e%' then cast(rtrim(rtrim(" ~ text
            ~ ", '0'), '.') as " ~ declared_type ~ ') else ' ~ text ~ ' end') }}
    {% endif %}
    {{ return('cast(nullif(rtrim(cast(' ~ column ~ ' as ' ~ declared_type ~ ")), '') as " ~ declared_type ~ ')') }}
{% endmacro %}


{% macro landed_to_bigint(column, kind) %}
    {% if kind == 'integer' %}
        {{ return('cast(' ~ column ~ ' as bigint)') }}
    {% elif kind in ('decimal', 'float') %}
        {{ return('case when abs(' ~ column ~ ') < 1e18 and floor(' ~ column ~ ') = ' ~ column
            ~ ' then cast(' ~ column ~ ' as bigint) end') }}
    {% elif kind == 'text' %}
        {% set text = 'trim(' ~ column ~ ')' %}
        {% set in_double = 'cast(' ~ text ~ ' as double precision)' %}
        {#- In double precision, whole numbers are exact up to 2^53. #}
        {{ return('case when ' ~ text ~ " ~ '^[-+]?[0-9]{1,18}([.]0*)?$' then cast(split_part(" ~ text ~ ", '.', 1) as bigint)"
            ~ ' when ' ~ text ~ " ~ '^[-+]?([0-9]{1,15}|[0-9][.][0-9]{1,14})[eE][-+]?[0-9]{1,2}$' then case when abs(" ~ in_double
            ~ ') <= 9007199254740992 and floor(' ~ in_double ~ ') = ' ~ in_double ~ ' then cast(' ~ in_double ~ ' as bigint) end end') }}
    {% endif %}
    {{ return('cast(null as bigint)') }}
{% endmacro %}


{% macro landed_to_double(column, kind) %}
    {% if kind == 'integer' %}
        {{ return('cast(' ~ column ~ ' as double precision)') }}
    {% elif kind in ('decimal', 'float') %}
        {{ return('case when abs(' ~ column ~ ') < 1e300 and (abs(' ~ column ~ ') >= 1e-300 or ' ~ column ~ ' = 0) then cast(' ~ column
            ~ ' as double precision) end') }}
    {% elif kind == 'text' %}
        {% set number = '^[-+]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})([eE][-+]?[0-9]{1,2})?$' %}
        {{ return('case when trim(' ~ column ~ ") ~ '" ~ number ~ "' then cast(trim(" ~ column ~ ') as double precision) end') }}
    {% endif %}
    {{ return('cast(null as double precision)') }}
{% endmacro %}


{% macro landed_to_boolean(column, kind) %}
    {% if kind == 'boolean' %}
        {{ return(column) }}
    {% elif kind in ('integer', 'decimal', 'float') %}
        {{ return('case when ' ~ column ~ ' = 1 then true when ' ~ column ~ ' = 0 then false end') }}
    {% elif kind == 'text' %}
        {{ return('case when lower(trim(' ~ column ~ ")) in ('true', 't', 'yes', '1') then true when lower(trim("
            ~ column ~ ")) in ('false', 'f', 'no', '0') then false end") }}
    {% endif %}
    {{ return('cast(null as boolean)') }}
{% endmacro %}
