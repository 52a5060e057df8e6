{% macro pack(position, value) -%}
    lpad(cast({{ position }} as varchar(20)), 20, '0') || {{ value }}
{%- endmacro %}


{% macro unpack(packed, data_type='varchar(512)') -%}
    cast(substring({{ packed }}, 21, 512) as {{ data_type }})
{%- endmacro %}


{% macro unpack_position(packed) -%}
    cast(substring({{ packed }}, 1, 20) as bigint)
{%- endmacro %}


{% macro time_digits(time) -%}
    to_char({{ time }}, 'YYYYMMDDHH24MISSUS')
{%- endmacro %}
