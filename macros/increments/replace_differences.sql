{% macro replace_differences__changes(watermarks) %}
    {%- set columns = get_quoted_csv(model.columns.keys()) -%}
with

computed as (

    select {{ columns }} from ({{ sql }}) as rows_of_model

)

(select {{ columns }} from computed except select {{ columns }} from {{ this }})
union all
(select {{ columns }} from {{ this }} group by {{ columns }} having count(*) > 1)
union all
(select {{ columns }} from {{ this }} except select {{ columns }} from computed)
{% endmacro %}


{% macro get_incremental_replace_differences_sql(arg_dict) %}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
create temporary table {{ temporary_table('deleted') }} as
select count(*) as row_count from {{ this }};
delete from {{ arg_dict['target_relation'] }};

insert into {{ arg_dict['target_relation'] }} ({{ columns }})
select {{ columns }}
from {{ arg_dict['temp_relation'] }};

select
    (select row_count from {{ temporary_table('deleted') }}) as deleted,
    (select count(*) from {{ arg_dict['temp_relation'] }}) as inserted;
{% endmacro %}
