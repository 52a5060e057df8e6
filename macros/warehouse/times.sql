{#
  The time of this run, one for all its models: SQL of a timestamp in UTC.
#}
{% macro run_time() %}
    {{- return(timestamp_literal(run_started_at.replace(tzinfo=none))) -}}
{% endmacro %}


{#
  SQL of a timestamp that a query gave, to the microsecond.
#}
{% macro timestamp_literal(moment) %}
    {{- return("cast('" ~ moment.isoformat(' ', 'microseconds') ~ "' as timestamp)") -}}
{% endmacro %}


{#
  SQL of the time at which a statement began, by the warehouse's clock, in UTC. What `one_writer` lets in later has a later time, whichever
  run it belongs to and whenever that run began. Redshift's has whole seconds, so compare with >= what must not be missed; it tells
  the session's time, so it is brought to UTC.
#}
{% macro written_at() %}
    {{ return(adapter.dispatch('written_at')()) }}
{% endmacro %}


{% macro default__written_at() %}
    {{ return("cast(statement_timestamp() at time zone 'UTC' as timestamp)") }}
{% endmacro %}


{% macro redshift__written_at() %}
    {{ return("cast(getdate() as timestamptz) at time zone 'UTC'") }}
{% endmacro %}
