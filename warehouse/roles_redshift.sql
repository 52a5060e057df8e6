-- The roles of one Redshift database, and what each may do there. It may be run again at any time, also on a database that is
-- already built. It revokes rights only from `public`:
--
--     psql --host … --port 5439 --dbname delivery_platform --set ON_ERROR_STOP=1 --file warehouse/roles_redshift.sql
--
-- Run it as a superuser, with the names of the schemas changed where yours differ, and the names of users whom Redshift Serverless
-- names after an identity (docs/redshift.md). New users have no password: `alter user loader password …`, or temporary credentials.
-- Who logs in as `loader` owns the raw tables: Segment's connector. `transformer` runs dbt and owns what dbt makes. `analyst` reads
-- the marts. SECURITY.md gives the reasons.

create or replace procedure public.set_up_user(user_name varchar) as $$
declare
    found_count integer;
begin
    select count(*) into found_count from pg_user where usename = user_name;
    if found_count = 0 then
        execute 'create user ' || quote_ident(user_name) || ' password disable';
    end if;
end;
$$ language plpgsql;
call public.set_up_user('loader');
call public.set_up_user('transformer');
call public.set_up_user('analyst');
drop procedure public.set_up_user(varchar);

create or replace procedure public.set_up_database() as $$
declare
    database_name varchar(128) := quote_ident(current_database());
begin
    execute 'revoke create, temporary on database ' || database_name || ' from public';
    execute 'grant create, temporary on database ' || database_name || ' to loader, transformer';
end;
$$ language plpgsql;
call public.set_up_database();
drop procedure public.set_up_database();

revoke all on schema public from public;

-- A statement of dbt ends before `connect_timeout` in the profile, after 55 minutes (milliseconds).
alter user transformer set statement_timeout = 3300000;
alter user analyst set statement_timeout = 3300000;

-- Raw tables, existing and future ones.
create schema if not exists delivery_platform_prod authorization loader;
grant usage on schema delivery_platform_prod to transformer;
grant select on all tables in schema delivery_platform_prod to transformer;
alter default privileges for user loader in schema delivery_platform_prod grant select on tables to transformer;

create schema if not exists analytics_privacy authorization transformer;

-- Marts, existing and future ones. A full refresh replaces a table by a new one, so it needs the default privileges.
create schema if not exists analytics_marts authorization transformer;
grant usage on schema analytics_marts to analyst;
grant select on all tables in schema analytics_marts to analyst;
alter default privileges for user transformer in schema analytics_marts grant select on tables to analyst;
