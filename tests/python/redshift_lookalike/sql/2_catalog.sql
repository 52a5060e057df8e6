-- What the adapter reads of Redshift's catalog.

create table lookalike.table_attributes (oid oid primary key, distribution text, sort_columns text[]);
create table lookalike.view_columns (oid oid primary key, number integer);
create table lookalike.late_views (oid oid primary key, owner name, body text, privileges aclitem[], comment text);
create table lookalike.lost_views (
    schema_name name, view_name name, owner name, body text, privileges aclitem[], comment text
);
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

-- Whoever asks sees the columns of all local relations, what they may not read included. There are no external tables.
create function lookalike.all_columns() returns setof information_schema.columns
language sql stable security definer as $$ select * from information_schema.columns $$;

create view lookalike.svv_columns as
select
    table_catalog::varchar,
    table_schema::varchar,
    table_name::varchar,
    column_name::varchar,
    ordinal_position::integer,
    column_default::varchar,
    is_nullable::varchar,
    data_type::varchar,
    case
        when data_type in ('text', 'character varying') then coalesce(character_maximum_length, 65535)
        else character_maximum_length
    end::integer as character_maximum_length,
    numeric_precision::integer,
    numeric_precision_radix::integer,
    numeric_scale::integer,
    datetime_precision::integer,
    interval_type::varchar,
    interval_precision::varchar,
    character_set_catalog::varchar,
    character_set_schema::varchar,
    character_set_name::varchar,
    collation_catalog::varchar,
    collation_schema::varchar,
    collation_name::varchar,
    domain_name::varchar,
    col_description(relations.oid, ordinal_position)::varchar as remarks
from lookalike.all_columns() as columns
inner join pg_namespace as spaces on columns.table_schema = spaces.nspname
inner join pg_class as relations on spaces.oid = relations.relnamespace and columns.table_name = relations.relname
where table_schema <> 'lookalike';

-- Of these the user sees those on which they have a right.
create view lookalike.svv_tables as
select
    table_catalog::varchar,
    table_schema::varchar,
    table_name::varchar,
    table_type::varchar,
    obj_description(relations.oid, 'pg_class')::varchar as remarks
from information_schema.tables
inner join pg_namespace as spaces on tables.table_schema = spaces.nspname
inner join pg_class as relations on spaces.oid = relations.relnamespace and tables.table_name = relations.relname
where table_schema <> 'lookalike';

-- All see the transactions of all. A transaction has no xid until it writes. Other databases of the server are other clusters.
create function lookalike.open_transactions() returns table (
    txn_owner text,
    txn_db text,
    xid bigint,
    pid integer,
    txn_start timestamp,
    lock_mode text,
    lockable_object_type text,
    relation integer,
    granted boolean
) language sql volatile security definer as $$
select pg_stat_clear_snapshot();  -- or a transaction would see sessions as they were at its first look

select
    sessions.usename,
    sessions.datname,
    sessions.backend_xid::text::bigint,
    sessions.pid,
    sessions.xact_start at time zone 'UTC',
    locks.mode,
    locks.locktype,
    locks.relation::integer,
    locks.granted
from pg_locks as locks
inner join pg_stat_activity as sessions on locks.pid = sessions.pid
where
    sessions.datname = current_database()
    and locks.locktype in ('relation', 'transactionid')
$$;

create view lookalike.svv_transactions as select * from lookalike.open_transactions();

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
