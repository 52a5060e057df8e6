{#
  Incremental strategy `replace_differences`, for a table of a few rows whose SQL is cheap: it is computed in each run, and written if it differs
  from what exists.
#}
{% macro replace_differences__changes(watermarks) %}
    {%- set columns = get_quoted_csv(model.columns.keys()) -%}
with

computed as (

    select {{ columns }}
    from (
        {{ sql }}
    ) as rows_of_model

),

existing as (

    select {{ columns }}
    from {{ this }}

)

(
    select * from computed
    except
    select * from existing
)
union all
(
    select * from existing
    except
    select * from computed
)
{% endmacro %}


{% macro get_incremental_replace_differences_sql(arg_dict) %}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
delete from {{ arg_dict['target_relation'] }};

insert into {{ arg_dict['target_relation'] }} ({{ columns }})
select {{ columns }}
from {{ arg_dict['temp_relation'] }};
{% endmacro %}
