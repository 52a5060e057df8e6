{% macro local_time(time, time_zone) %}
    {{- return("convert_timezone('UTC', '" ~ time_zone ~ "', " ~ time ~ ')' if target.type == 'redshift'
        else '(' ~ time ~ " at time zone 'UTC' at time zone '" ~ time_zone ~ "')") -}}
{% endmacro %}


{% macro local_date(time, time_zone) %}
    {{- return('cast(' ~ local_time(time, time_zone) ~ ' as date)') -}}
{% endmacro %}


{% macro local_hour(time, time_zone) %}
    {{- return('cast(extract(hour from ' ~ local_time(time, time_zone) ~ ') as bigint)') -}}
{% endmacro %}


{# Only PostgreSQL has the ISO weekday. On Redshift Sunday is 0. #}
{% macro local_weekday(time, time_zone) %}
    {% set local = local_time(time, time_zone) %}
    {{- return('(1 + mod(cast(extract(dow from ' ~ local ~ ') as bigint) + 6, 7))' if target.type == 'redshift'
        else 'cast(extract(isodow from ' ~ local ~ ') as bigint)') -}}
{% endmacro %}
