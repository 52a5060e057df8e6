{% macro safe_cast_landed(column, landed_type, declared_type) %}
    {% set kind = landed_kind(landed_type) %}
    {% if declared_type.startswith('varchar') %}
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
    {% elif landed_type.startswith(('numeric', 'decimal', 'double', 'real', 'float')) %}{{ return('decimal') }}
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
    {% elif kind == 'decimal' %}
        {% set text = 'cast(' ~ column ~ ' as ' ~ declared_type ~ ')' %}
        {{ return("case when " ~ text ~ " like '%.%' and " ~ text ~ " not like '%e%' then cast(rtrim(rtrim(" ~ text
            ~ ", '0'), '.') as " ~ declared_type ~ ') else ' ~ text ~ ' end') }}
    {% endif %}
    {{ return('cast(nullif(rtrim(cast(' ~ column ~ ' as ' ~ declared_type ~ ")), '') as " ~ declared_type ~ ')') }}
{% endmacro %}


{% macro landed_to_bigint(column, kind) %}
    {% if kind == 'integer' %}
        {{ return('cast(' ~ column ~ ' as bigint)') }}
    {% elif kind == 'decimal' %}
        {{ return('case when abs(' ~ column ~ ') < 1e18 and floor(' ~ column ~ ') = ' ~ column
            ~ ' then cast(' ~ column ~ ' as bigint) end') }}
    {% elif kind == 'text' %}
        {{ return('case when trim(' ~ column ~ ") ~ '^[-+]?[0-9]{1,18}$' then cast(trim(" ~ column ~ ') as bigint) end') }}
    {% endif %}
    {{ return('cast(null as bigint)') }}
{% endmacro %}


{% macro landed_to_double(column, kind) %}
    {% if kind in ('integer', 'decimal') %}
        {{ return('cast(' ~ column ~ ' as double precision)') }}
    {% elif kind == 'text' %}
        {{ return('case when trim(' ~ column ~ ") ~ '^[-+]?[0-9]{1,15}([.][0-9]{1,15})?$' then cast(trim("
            ~ column ~ ') as double precision) end') }}
    {% endif %}
    {{ return('cast(null as double precision)') }}
{% endmacro %}


{% macro landed_to_boolean(column, kind) %}
    {% if kind == 'boolean' %}
        {{ return(column) }}
    {% elif kind in ('integer', 'decimal') %}
        {{ return('case when ' ~ column ~ ' = 1 then true when ' ~ column ~ ' = 0 then false end') }}
    {% elif kind == 'text' %}
        {{ return('case when lower(trim(' ~ column ~ ")) in ('true', 't', 'yes', '1') then true when lower(trim("
            ~ column ~ ")) in ('false', 'f', 'no', '0') then false end") }}
    {% endif %}
    {{ return('cast(null as boolean)') }}
{% endmacro %}


{% macro landed_to_timestamp(column, kind) %}
    {% if kind == 'timestamp' %}
        {{ return('cast(' ~ column ~ ' as timestamp)') }}
    {% elif kind == 'timestamptz' %}
        {{ return('cast(' ~ column ~ " at time zone 'UTC' as timestamp)") }}
    {% elif kind == 'text' %}
        {% set text = 'trim(' ~ column ~ ')' %}
        {% set day = '(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31' %}
        {% set time = '[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?' %}
        {% set local = '^[12][0-9]{3}-(' ~ day ~ ')' ~ time %}
        {{ return('case when ' ~ text ~ " ~ '" ~ local ~ "$' then cast(" ~ text ~ ' as timestamp)'
            ~ ' when ' ~ text ~ " ~ '" ~ local ~ "(Z|[-+](0[0-9]|1[0-4]):?[0-5][0-9])$' then cast(cast(" ~ text
            ~ " as timestamptz) at time zone 'UTC' as timestamp) end") }}
    {% endif %}
    {{ return('cast(null as timestamp)') }}
{% endmacro %}
