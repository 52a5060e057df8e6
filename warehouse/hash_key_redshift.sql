-- The key of the keyed hashes in one Redshift database. Redshift's `random` is not safe for keys. So make the key elsewhere and copy it
-- from a file, so that no statement has it:
--
--     openssl rand -hex 32 | aws s3 cp - s3://your-bucket/hash_key
--
-- Run this as the user who runs dbt, with your bucket and role, and with the schema of your target in place of `analytics`. Nobody else
-- may read the table. Delete the file afterwards. docs/operations.md says how to change the key.

create schema if not exists analytics_privacy;

create table if not exists analytics_privacy.hash_key (secret varchar(512) not null);

copy analytics_privacy.hash_key from 's3://your-bucket/hash_key' iam_role 'arn:aws:iam::123456789012:role/your-role';
