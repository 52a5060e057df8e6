{% macro add_declared_columns() %}
    {%- set query %}
select
    existing.*
    {%- for column in model.columns.values() %},
    cast(null as {{ column.data_type }}) as declared__{{ column.name }}
    {%- endfor %}
from {{ this }} as existing
    {%- endset -%}
    {%- set types = {} -%}
    {%- for column in get_column_schema_from_query(query) -%}
        {%- do types.update({column.name | lower: column.dtype}) -%}
    {%- endfor -%}
    {%- set missing, refused = [], [] -%}
    {%- for name, column in model.columns.items() -%}
        {%- if name not in types -%}
            {%- do missing.append(column) -%}
        {%- elif types[name] != types['declared__' ~ name] -%}
            {%- do refused.append(name ~ ' (type ' ~ types[name] ~ ', declared as ' ~ column.data_type ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in types if name not in model.columns and not name.startswith('declared__') -%}
        {%- do refused.append(name ~ ' (not declared)') -%}
    {%- endfor -%}

    {%- if refused -%}
        {%- do exceptions.raise_compiler_error(
            'The columns of ' ~ this ~ ' differ from its YAML: ' ~ refused | join(', ')
            ~ '. Rebuild it and the models that read it: dbt run --full-refresh --select ' ~ this.identifier ~ '+'
        ) -%}
    {%- elif missing -%}
        {%- call statement('add_columns') %}
            {%- for column in missing %}
alter table {{ this }} add column {{ adapter.quote(column.name) }} {{ column.data_type }};
            {%- endfor %}
        {%- endcall -%}
        {#- Readers wait for the change of a table until it is committed. The commit releases the model lock, so the caller takes it again. #}
        {%- do adapter.commit() -%}
        {%- do log(
            'Added to ' ~ this ~ ': ' ~ missing | join(', ', attribute='name') ~ '. Existing rows have null there until they are computed again.'
            ~ " To fill some days: dbt run --vars '{reconcile: {from: <day>, to: <day>}}'. To fill all rows: dbt run --full-refresh --select "
            ~ this.identifier, info=true
        ) -%}
    {%- endif -%}
    {{ return(missing | length > 0) }}
{% endmacro %}
