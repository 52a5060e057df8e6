{% macro swap_tables(existing, new_table) %}
    {%- set views, lacks_columns = [], false -%}
    {%- if target.type != 'redshift' -%}
        {%- do lock_views() -%}
        {%- set new_columns = adapter.get_columns_in_relation(new_table) -%}
        {%- set lacks_columns = adapter.get_columns_in_relation(existing) | reject('in', new_columns) | list | length > 0 -%}
        {%- set views = [] if lacks_columns else views_on(existing) -%}
    {%- endif -%}
    {#- One message, because the drop of dbt-redshift commits before and after. Views are dropped first: readers lock them before the table. -#}
    {%- call statement('swap') %}
        {%- for view in views | reverse %}
drop view if exists {{ view.name }} cascade;
        {%- endfor %}
{{ get_drop_sql(existing) }};
alter table {{ new_table }} rename to {{ adapter.quote(existing.identifier) }};
        {%- for view in views %}
create view {{ view.name }} as {{ view.definition }}
{{ view.privileges_and_comments }}
        {%- endfor %}
    {%- endcall -%}
    {%- if lacks_columns -%}
        {%- do adapter.cache_dropped(existing) -%}
        {%- do adapter.cache_added(existing) -%}
    {%- endif -%}
{% endmacro %}


{% macro views_on(relation) %}
    {%- set query %}
with recursive found as (

    select
        cast({{ text_literal(relation.include(database=false) | string) }} as regclass) as oid,
        0 as depth
    union all
    select
        rules.ev_class,
        found.depth + 1
    from found
    inner join pg_depend as dependencies on found.oid = dependencies.refobjid and dependencies.classid = 'pg_rewrite'::regclass
    inner join pg_rewrite as rules on dependencies.objid = rules.oid and found.oid <> rules.ev_class

)

select
    cast(cast(views.oid as regclass) as text) as name,
    pg_get_viewdef(views.oid) as definition,
    coalesce(
        (
            select string_agg(format('grant %s on %s to %s;', acl.privilege_type, cast(views.oid as regclass),
                case acl.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end), ' ')
            from aclexplode(views.relacl) as acl
            where acl.grantee <> views.relowner
        ), ''
    ) || coalesce(
        (
            select string_agg(format(' comment on %s is %L;', case texts.objsubid when 0 then format('view %s', cast(views.oid as regclass))
                else format('column %s.%I', cast(views.oid as regclass), columns.attname) end, texts.description), '')
            from pg_description as texts
            left join pg_attribute as columns on texts.objoid = columns.attrelid and texts.objsubid = columns.attnum
            where texts.objoid = views.oid and texts.classoid = 'pg_class'::regclass
        ), ''
    ) as privileges_and_comments
from found
inner join pg_class as views on found.oid = views.oid
where
    found.depth > 0
    and views.relkind = 'v'
    and pg_get_userbyid(views.relowner) = current_user
group by views.oid, views.relname, views.relacl, views.relowner
order by max(found.depth)
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{% endmacro %}
