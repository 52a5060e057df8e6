{% macro landed_to_timestamp(column, kind) %}
    {% if kind == 'timestamp' %}
        {{ return(within_years(column, 'cast(' ~ column ~ ' as timestamp)')) }}
    {% elif kind == 'timestamptz' %}
        {{ return(within_years(column, 'cast(' ~ column ~ " at time zone 'UTC' as timestamp)", ' 00:00:00+00')) }}
    {% elif kind == 'text' %}
        {% set text = 'trim(' ~ column ~ ')' %}
        {% set day = '(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31' %}
        {% set leap_year = '[12][0-9](0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00' %}
        {% set time = '[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?' %}
        {% set local = '^([12][0-9]{3}-(' ~ day ~ ')|(' ~ leap_year ~ ')-02-29)' ~ time %}
        {% set in_local = 'cast(' ~ text ~ ' as timestamp)' %}
        {% set in_utc = 'cast(cast(' ~ text ~ " as timestamptz) at time zone 'UTC' as timestamp)" %}
        {{ return('case when ' ~ text ~ " ~ '" ~ local ~ "$' then " ~ within_years(in_local, in_local)
            ~ ' when ' ~ text ~ " ~ '" ~ local ~ "(Z|[-+](0[0-9]|1[0-4])(:?[0-5][0-9])?)$' then " ~ within_years(in_utc, in_utc) ~ ' end') }}
    {% endif %}
    {{ return('cast(null as timestamp)') }}
{% endmacro %}


{#
  This compares the landed value and not the result of the cast, because PostgreSQL has dates that do not fit into a timestamp.
#}
{% macro within_years(landed, time, midnight='') %}
    {% set is_within = landed ~ " >= '1000-01-01" ~ midnight ~ "' and " ~ landed ~ " < '3000-01-01" ~ midnight ~ "'" %}
    {{ return('case when ' ~ is_within ~ ' then ' ~ time ~ ' end') }}
{% endmacro %}
