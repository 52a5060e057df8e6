{#
  A row whose clock is suspect stays in the fact. Its date is left out of a report only where no trusted clock confirms that there was
  data, such as in 1970 or 2038.
#}
{% macro is_trusted_date(rows) %}
start_date >= (select min(case when is_clock_suspect then null else start_date end) from {{ rows }} as earliest)
and start_date <= (select max(case when is_clock_suspect then null else start_date end) from {{ rows }} as latest)
{%- endmacro %}
