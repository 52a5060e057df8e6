-- The key of the keyed hashes in one PostgreSQL database. It may be run again at any time; an existing key is not changed.
--
--     psql --username transformer --dbname delivery_platform --single-transaction --file warehouse/hash_key_postgres.sql
--
-- Run it as the user who runs dbt, with the schema of your target in place of `analytics`. Nobody else may read the table.
-- PostgreSQL makes the key, 244 random bits, so no statement and no log has it. docs/operations.md says how to change it.

create schema if not exists analytics_privacy;

create table if not exists analytics_privacy.hash_key (secret varchar(512) not null);

insert into analytics_privacy.hash_key (secret)
select cast(gen_random_uuid() as text) || cast(gen_random_uuid() as text)
where not exists (select 1 from analytics_privacy.hash_key);
