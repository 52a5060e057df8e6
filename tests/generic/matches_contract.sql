{# A warning, because the models handle each of these differences. #}
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
