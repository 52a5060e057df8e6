-- The roles of one PostgreSQL database, and what each may do there. It may be run again at any time, also on a
-- database that is already built. It revokes rights only from `public`:
--
--     psql --dbname delivery_platform --single-transaction --set ON_ERROR_STOP=1 --file warehouse/roles_postgres.sql
--
-- Run it as a superuser, with the names of the schemas changed where yours differ. It gives no passwords. Who logs in as
-- `loader` owns the raw tables: Segment's connector. `transformer` runs dbt and owns what dbt makes. `analyst` reads the
-- marts. The last two need no other rights. SECURITY.md gives the reasons.

do $$
declare
    role_name text;
    schema_name text;
begin
    foreach role_name in array array['loader', 'transformer', 'analyst'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I login', role_name);
        end if;
    end loop;
    -- The owner of a schema may drop the tables of others there.
    for schema_name in select nspname from pg_namespace where nspname like 'analytics%' and pg_get_userbyid(nspowner) = 'loader' loop
        raise exception 'The schema % belongs to loader, but dbt writes there. Let transformer own it.', schema_name;
    end loop;
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to loader, transformer, analyst', current_database());
    execute format('grant create, temporary on database %I to loader, transformer', current_database());
    -- A reader with an open transaction keeps dbt from replacing a table. Both values may be changed, also by the user.
    execute format('alter role transformer in database %I set lock_timeout to %L', current_database(), '10min');
    execute format('alter role analyst in database %I set idle_in_transaction_session_timeout to %L', current_database(), '10min');
    -- PostgreSQL runs the functions of a view or a policy with the rights of the reader, and prefers a function of an unqualified name
    -- whose arguments fit better. So only `transformer` and superusers may make functions, `transformer` and `analyst` look for names in
    -- no schema, and a raw table with policies is an error.
    execute format('alter role transformer in database %I set search_path to %L', current_database(), '');
    execute format('alter role transformer in database %I set row_security to off', current_database());
    execute format('alter role analyst in database %I set search_path to %L', current_database(), '');
end
$$;

revoke usage on language sql, plpgsql from public;
grant usage on language plpgsql to transformer;
revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public;
revoke all on schema public from public;

-- Raw tables, existing and future ones.
create schema if not exists delivery_platform_prod authorization loader;
grant usage on schema delivery_platform_prod to transformer;
grant select on all tables in schema delivery_platform_prod to transformer;
alter default privileges for role loader in schema delivery_platform_prod grant select on tables to transformer;

create schema if not exists analytics_privacy authorization transformer;

-- Marts, existing and future ones. A full refresh replaces a table by a new one, so it needs the default privileges.
create schema if not exists analytics_marts authorization transformer;
grant usage on schema analytics_marts to analyst;
grant select on all tables in schema analytics_marts to analyst;
alter default privileges for role transformer in schema analytics_marts grant select on tables to analyst;
