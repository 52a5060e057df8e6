{#
  A catalog cannot be joined with tables on Redshift, so it is queried when the SQL is compiled.

  The literals of a table are a query of their own, so that no union is deeper than there are tables or columns.
#}
{% macro contract_drift() %}
    {%- set of_segment = ['aliases', 'groups', 'identifies', 'pages', 'screens', 'tracks', 'users'] -%}
    {%- set findings = {} -%}
    {%- if execute -%}
        {%- set schema = var('raw_schema') -%}
        {%- for table in graph.sources.values() | selectattr('schema', 'equalto', schema) | sort(attribute='identifier') -%}
            {%- do findings.update({table.identifier: contract_findings(table)}) -%}
        {%- endfor -%}
        {%- for name, twins in landed_columns(schema).items() if name not in findings and name not in of_segment -%}
            {%- set position, names = loop.index, [] -%}
            {%- for twin in twins if twins | length > 1 -%}
                {%- do names.append(masked_name(twin.name, position)) -%}
            {%- endfor -%}
            {%- do findings.update({masked_name(name, position): [{'column_name': none, 'finding': 'extra_table', 'detail': names | join(', ') or none}]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set tables = [] -%}
    {%- for name, found in findings.items() if found -%}
        {%- set rows = [] -%}
        {%- for finding in found -%}
            {%- do rows.append(finding_row(text_literal(name), text_literal(finding.column_name), finding.finding,
                text_literal(finding.detail))) -%}
        {%- endfor -%}
        {%- do tables.append('(' ~ rows | join(' union all ') ~ '\n)') -%}
    {%- endfor -%}
    {%- if tables -%}
        {{ tables | join('\nunion all\n') }}
    {%- else -%}
        {{ finding_row('null', 'null', '', 'null') }}
        where false
    {%- endif -%}
{% endmacro %}


{% macro finding_row(name, column_name, finding, detail) %}
select
    cast({{ name }} as varchar(512)) as event_name,
    cast({{ column_name }} as varchar(512)) as column_name,
    cast('{{ finding }}' as varchar(32)) as finding,
    cast({{ detail }} as varchar(512)) as detail
{%- endmacro %}


{% macro text_literal(text) %}
    {{ return('null' if text is none else adapter.dispatch('quoted_text')(text)) }}
{% endmacro %}


{% macro default__quoted_text(text) %}
    {{ return("'" ~ text | replace("'", "''") ~ "'") }}
{% endmacro %}


{#
  On Redshift a backslash in quotes escapes what follows: https://docs.aws.amazon.com/redshift/latest/dg/r_QUOTE_LITERAL.html
#}
{% macro redshift__quoted_text(text) %}
    {{ return("'" ~ text | replace("\\", "\\\\") | replace("'", "''") ~ "'") }}
{% endmacro %}
