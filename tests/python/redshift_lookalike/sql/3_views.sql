-- Late-binding views live on when what they read is dropped, and read what has its name next.
-- Distribution and sort columns must exist. The translation leaves its notes in comments.

create function lookalike.note(command text, kind text) returns text language sql immutable as
$$ select substring(command from '/[*]lookalike:' || kind || ' (.*?)[*]/') $$;

create function lookalike.remember_table(relation oid, identity text, note jsonb) returns void language plpgsql as $$
declare
    wanted text;
begin
    for wanted in select jsonb_array_elements_text((note -> 'sort') || (note -> 'distribution_columns')) loop
        if not exists (select from pg_catalog.pg_attribute where attrelid = relation and attname = wanted and attnum > 0) then
            raise exception using
                message = format('column "%s" named as a distribution or sort key does not exist in %s', wanted, identity),
                errcode = 'undefined_column';
        end if;
    end loop;
    insert into lookalike.table_attributes
    select relation, note ->> 'distribution', array(select jsonb_array_elements_text(note -> 'sort'))
    on conflict (oid) do nothing;
end $$;

-- Redshift computes the length of text in a `create table as`, PostgreSQL forgets it: all text has some length.
create function lookalike.give_lengths(relation oid) returns void language plpgsql as $$
declare
    changes text;
begin
    select string_agg(format('alter column %I type varchar(65535)', attname), ', ') into changes
    from pg_catalog.pg_attribute
    where attrelid = relation and atttypid in ('text'::regtype, 'varchar'::regtype) and atttypmod = -1 and attnum > 0;
    if changes is not null then
        execute format('alter table %s %s', relation::regclass, changes);
    end if;
end $$;

-- A view is replaced by one with the very same columns only. PostgreSQL sees to all but columns that are added.
create function lookalike.remember_view(relation oid, identity text) returns void language plpgsql as $$
declare
    columns_before integer;
    columns_now integer;
begin
    select number into columns_before from lookalike.view_columns where oid = relation;
    select relnatts into columns_now from pg_class where oid = relation;
    if columns_before <> columns_now then
        raise exception using
            message = format('cannot replace view %s by one with other columns', identity),
            hint = 'Drop it before.',
            errcode = 'invalid_table_definition';
    end if;
    insert into lookalike.view_columns values (relation, columns_now) on conflict do nothing;
end $$;

-- What a late-binding view keeps when it is bound again.
create function lookalike.give_back(lost lookalike.lost_views) returns void language plpgsql as $$
declare
    view_name text := format('%I.%I', lost.schema_name, lost.view_name);
    granted record;
begin
    for granted in
        select privilege_type, grantee::regrole::text as grantee
        from aclexplode(lost.privileges)
        where grantee <> 0 and grantee <> lost.owner::regrole
    loop
        execute format('grant %s on %s to %s', granted.privilege_type, view_name, granted.grantee);
    end loop;
    if lost.comment is not null then
        execute format('comment on view %s is %L', view_name, lost.comment);
    end if;
    insert into lookalike.late_views
    select view_name::regclass, lost.owner, lost.body, lost.privileges, lost.comment
    on conflict (oid) do update set privileges = excluded.privileges, comment = excluded.comment;
end $$;

create function lookalike.bind_again(lost lookalike.lost_views) returns boolean language plpgsql as $$
declare
    view_name text := format('%I.%I', lost.schema_name, lost.view_name);
begin
    if to_regclass(view_name) is null then
        execute format('create view %s as %s', view_name, lost.body);
        perform lookalike.remember_view(view_name::regclass, view_name);
        perform lookalike.give_back(lost);
    end if;
    return true;
exception
    when undefined_table or undefined_column or invalid_schema_name or unique_violation or duplicate_table then
        return false;
end $$;

-- One may read the other, so go on as long as one was bound.
create function lookalike.bind_lost_views() returns void language plpgsql as $$
declare
    lost lookalike.lost_views;
    was_bound boolean := true;
begin
    while was_bound loop
        was_bound := false;
        for lost in select * from lookalike.lost_views where owner = current_user for update skip locked loop
            if lookalike.bind_again(lost) then
                delete from lookalike.lost_views
                where schema_name = lost.schema_name and view_name = lost.view_name;
                was_bound := true;
            end if;
        end loop;
    end loop;
end $$;

-- Of a statement that created or replaced a view. One that was lost is still there on Redshift, so a replacement keeps what it had.
create function lookalike.remember_late_view(relation oid, note text) returns void language plpgsql as $$
declare
    lost lookalike.lost_views;
begin
    if note is null then
        delete from lookalike.late_views where oid = relation;
        return;
    end if;
    insert into lookalike.late_views
    select
        oid,
        current_user,
        substring(current_query() from '/[*]lookalike:late (?:replace )?[*]/(.*)$'),
        relacl,
        obj_description(oid, 'pg_class')
    from pg_class
    where oid = relation
    on conflict (oid) do update set body = excluded.body;
    if note like 'replace%' then
        for lost in
            select lost_views.*
            from lookalike.lost_views
            inner join pg_class as relations on lost_views.view_name = relations.relname
            inner join pg_namespace as spaces
                on relations.relnamespace = spaces.oid and lost_views.schema_name = spaces.nspname
            where relations.oid = relation
        loop
            perform lookalike.give_back(lost);
        end loop;
    end if;
end $$;

create function lookalike.after_command() returns event_trigger language plpgsql as $$
declare
    command record;
begin
    if current_setting('lookalike.is_at_work', true) = 'on' then
        return;
    end if;
    perform set_config('lookalike.is_at_work', 'on', true);
    for command in select * from pg_event_trigger_ddl_commands() loop
        if command.command_tag = 'CREATE TABLE AS' then
            perform lookalike.give_lengths(command.objid);
        end if;
        if command.command_tag = 'CREATE VIEW' then
            perform lookalike.remember_view(command.objid, command.object_identity);
            perform lookalike.remember_late_view(command.objid, lookalike.note(current_query(), 'late'));
        elsif command.command_tag in ('CREATE TABLE', 'CREATE TABLE AS')
            and lookalike.note(current_query(), 'table') is not null then
            perform lookalike.remember_table(
                command.objid, command.object_identity, lookalike.note(current_query(), 'table')::jsonb
            );
        end if;
    end loop;
    if tg_tag in ('GRANT', 'REVOKE') then
        update lookalike.late_views set privileges = relations.relacl
        from pg_class as relations
        where late_views.oid = relations.oid and late_views.privileges is distinct from relations.relacl;
    end if;
    if tg_tag = 'DROP VIEW' then
        delete from lookalike.lost_views
        where
            jsonb_build_array(schema_name, view_name)
            in (select jsonb_array_elements(lookalike.note(current_query(), 'dropped')::jsonb));
    end if;
    if tg_tag = 'COMMENT' then
        update lookalike.late_views set comment = obj_description(oid, 'pg_class')
        where comment is distinct from obj_description(oid, 'pg_class');
    end if;
    perform lookalike.bind_lost_views();
    perform set_config('lookalike.is_at_work', '', true);
end $$;

create function lookalike.after_drop() returns event_trigger language plpgsql as $$
declare
    dropped record;
    late lookalike.late_views;
begin
    for dropped in select * from pg_event_trigger_dropped_objects() loop
        delete from lookalike.table_attributes where oid = dropped.objid;
        delete from lookalike.view_columns where oid = dropped.objid;
        if dropped.object_type = 'view' then
            delete from lookalike.late_views where oid = dropped.objid returning * into late;
            if to_regnamespace(quote_ident(dropped.schema_name)) is null then
                continue;  -- it went with its schema
            elsif late.oid is not null and not dropped.original then
                insert into lookalike.lost_views
                values (dropped.schema_name, dropped.object_name, late.owner, late.body, late.privileges, late.comment);
            elsif not dropped.original and lookalike.note(current_query(), 'restrict') is not null then
                raise exception using
                    message = format('cannot drop it because view %s depends on it', dropped.object_identity),
                    hint = 'Use DROP ... CASCADE to drop the dependent objects too.',
                    errcode = 'dependent_objects_still_exist';
            elsif dropped.original then
                delete from lookalike.lost_views
                where schema_name = dropped.schema_name and view_name = dropped.object_name;
            end if;
        end if;
    end loop;
end $$;

create event trigger lookalike_after_command on ddl_command_end execute function lookalike.after_command();
create event trigger lookalike_after_drop on sql_drop execute function lookalike.after_drop();
