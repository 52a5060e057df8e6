-- What the adapter reads of Redshift's catalog.

create table lookalike.table_attributes (oid oid primary key, distribution text, sort_columns text[]);
create table lookalike.late_views (oid oid primary key, owner name, body text, privileges aclitem[]);
create table lookalike.lost_views (schema_name name, view_name name, owner name, body text, privileges aclitem[]);
grant select, insert, update, delete on all tables in schema lookalike to public;

create function lookalike.pg_get_late_binding_view_cols() returns setof record language sql stable as $$
select
    spaces.nspname,
    relations.relname,
    attributes.attname,
    case
        when attributes.atttypid in ('text'::regtype, 'varchar'::regtype) and attributes.atttypmod = -1
            then 'character varying(65535)'
        else format_type(attributes.atttypid, attributes.atttypmod)
    end::varchar,
    attributes.attnum::integer
from lookalike.late_views
inner join pg_class as relations on late_views.oid = relations.oid
inner join pg_namespace as spaces on relations.relnamespace = spaces.oid
inner join pg_catalog.pg_attribute as attributes on relations.oid = attributes.attrelid
where
    attributes.attnum > 0
    and not attributes.attisdropped
$$;

-- Late-binding views depend on nothing, and their columns stand nowhere else.
create view lookalike.pg_rewrite as
select * from pg_catalog.pg_rewrite
where ev_class not in (select oid from lookalike.late_views);

create view lookalike.pg_attribute as
select attrelid, attname, atttypid, atttypmod, attlen, attnum, attnotnull, atthasdef, attisdropped
from pg_catalog.pg_attribute
where attrelid not in (select oid from lookalike.late_views);

create view lookalike.columns as
select * from information_schema.columns
where
    (table_schema, table_name) not in (
        select spaces.nspname, relations.relname
        from lookalike.late_views
        inner join pg_class as relations on late_views.oid = relations.oid
        inner join pg_namespace as spaces on relations.relnamespace = spaces.oid
    );

create view lookalike.svv_external_columns as
select
    null::varchar as schemaname,
    null::varchar as tablename,
    null::varchar as columnname,
    null::varchar as external_type,
    null::integer as columnnum
where false;

create view lookalike.svv_table_info as
select
    current_database()::varchar as "database",
    spaces.nspname::varchar as "schema",
    relations.oid::integer as table_id,
    relations.relname::varchar as "table",
    'Y, AUTO(ENCODE)'::varchar as encoded,
    coalesce(attributes.distribution, 'AUTO(ALL)')::varchar as diststyle,
    coalesce(attributes.sort_columns[1], 'AUTO(SORTKEY)')::varchar as sortkey1,
    (
        select coalesce(max(atttypmod) - 4, 0)
        from pg_catalog.pg_attribute
        where attrelid = relations.oid and atttypid = 'varchar'::regtype
    )::integer as max_varchar,
    'none'::varchar as sortkey1_enc,
    coalesce(array_length(attributes.sort_columns, 1), 0) as sortkey_num,
    greatest(1, pg_relation_size(relations.oid) / 1048576)::bigint as size,
    0::numeric(10, 4) as pct_used,
    0::numeric(5, 2) as unsorted,
    0::numeric(5, 2) as stats_off,
    greatest(0, relations.reltuples)::numeric(38, 0) as tbl_rows,
    1::numeric(19, 2) as skew_sortkey1,
    1::numeric(19, 2) as skew_rows
from pg_class as relations
inner join pg_namespace as spaces on relations.relnamespace = spaces.oid
left join lookalike.table_attributes as attributes on relations.oid = attributes.oid
where
    relations.relkind = 'r'
    and spaces.nspname not like 'pg|_%' escape '|'
    and spaces.nspname not in ('information_schema', 'lookalike');

create view lookalike.svv_relation_privileges as
select
    table_schema::varchar as namespace_name,
    table_name::varchar as relation_name,
    lower(privilege_type)::varchar as privilege_type,
    grantee::varchar as identity_name,
    'user'::varchar as identity_type
from information_schema.role_table_grants;

grant select on all tables in schema lookalike to public;
