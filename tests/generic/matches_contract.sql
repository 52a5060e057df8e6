{#
  A landed raw table is as its source declares it: one failing row per missing or unreadable table, missing, retyped or extra column.
  Reads the catalog only, never the table. A warning, for the models cope with every one of these.
#}
{% test matches_contract(model) %}

    {{ config(severity='warn') }}

    {%- if execute %}
        {%- for finding in contract_findings(contract_table(model)) %}
    select
        cast({{ text_literal(finding.finding) }} as varchar(512)) as finding,
        cast({{ text_literal(finding.column_name or '') }} as varchar(512)) as column_name,
        cast({{ text_literal(finding.detail or '') }} as varchar(512)) as detail
            {{- '\n    union all' if not loop.last }}
        {%- else %}
    select cast(null as varchar(512)) as finding
    where false
        {%- endfor %}
    {%- endif %}

{% endtest %}
