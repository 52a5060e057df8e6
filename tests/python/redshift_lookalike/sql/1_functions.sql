-- Functions with the meaning that Redshift's developer guide gives them. The look-alike puts this schema before pg_catalog.

create schema lookalike;
grant usage on schema lookalike to public;

create function lookalike.refuse(message text, variadic parameters text[] default '{}') returns text
language plpgsql immutable as $$
begin
    raise exception using message = message, errcode = 'feature_not_supported';
end $$;

-- ---------- times

-- Both are in the session's time zone.
create function lookalike.getdate() returns timestamp language sql stable as
$$ select pg_catalog.date_trunc('second', statement_timestamp()::timestamp) $$;

create function lookalike.sysdate() returns timestamp language sql stable as
$$ select transaction_timestamp()::timestamp $$;

-- The name of a part of dates by any of its documented names.
create function lookalike.date_part_name(part text) returns text language sql immutable as $$
select case
    when lower(part) in ('century', 'centuries', 'c', 'cent', 'cents') then 'century'
    when lower(part) in ('decade', 'decades', 'dec', 'decs') then 'decade'
    when lower(part) in ('year', 'years', 'y', 'yr', 'yrs') then 'year'
    when lower(part) in ('quarter', 'quarters', 'qtr', 'qtrs') then 'quarter'
    when lower(part) in ('month', 'months', 'mon', 'mons') then 'month'
    when lower(part) in ('week', 'weeks', 'w') then 'week'
    when lower(part) in ('day', 'days', 'd') then 'day'
    when lower(part) in ('hour', 'hours', 'h', 'hr', 'hrs') then 'hour'
    when lower(part) in ('minute', 'minutes', 'm', 'min', 'mins') then 'minute'
    when lower(part) in ('second', 'seconds', 's', 'sec', 'secs') then 'second'
    when lower(part) in ('millisecond', 'milliseconds', 'ms', 'msec', 'msecs', 'msecond', 'mseconds', 'millisec', 'millisecs')
        then 'millisecond'
    when lower(part) in ('microsecond', 'microseconds', 'us', 'usec', 'usecs', 'usecond', 'useconds', 'microsec', 'microsecs')
        then 'microsecond'
    else lookalike.refuse('The look-alike knows no part of dates ' || part)
end $$;

-- The 29th of February and a year is the 1st of March; and twelve months, the 28th of February.
create function lookalike.dateadd(part text, amount bigint, moment timestamp) returns timestamp language sql immutable as $$
select case lookalike.date_part_name(part)
    when 'quarter' then moment + make_interval(months => (3 * amount)::integer)
    when 'year' then
        moment + make_interval(years => amount::integer)
        + make_interval(days => (
            extract(day from moment) = 29
            and extract(month from moment) = 2
            and extract(day from moment + make_interval(years => amount::integer)) = 28
        )::integer)
    else moment + (amount::text || ' ' || lookalike.date_part_name(part))::interval
end $$;

create function lookalike.dateadd(part text, amount bigint, moment timestamptz) returns timestamptz language sql stable as
$$ select lookalike.dateadd(part, amount, moment at time zone 'UTC') at time zone 'UTC' $$;

create function lookalike.dateadd(part text, amount bigint, moment date) returns timestamp language sql immutable as
$$ select lookalike.dateadd(part, amount, moment::timestamp) $$;

create function lookalike.dateadd(part text, amount bigint, moment time) returns time language sql immutable as
$$ select moment + (amount::text || ' ' || lookalike.date_part_name(part))::interval $$;

-- Counts the boundaries crossed. Weeks begin on Sunday.
create function lookalike.datediff(part text, first timestamp, last timestamp) returns bigint language sql immutable as $$
select case lookalike.date_part_name(part)
    when 'year' then extract(year from last) - extract(year from first)
    when 'quarter' then
        4 * (extract(year from last) - extract(year from first)) + extract(quarter from last) - extract(quarter from first)
    when 'month' then
        12 * (extract(year from last) - extract(year from first)) + extract(month from last) - extract(month from first)
    when 'week' then floor((last::date - date '1970-01-04') / 7.0) - floor((first::date - date '1970-01-04') / 7.0)
    when 'day' then last::date - first::date
    when 'microsecond' then 1000000 * extract(epoch from last - first)
    else
        extract(epoch from
            pg_catalog.date_trunc(lookalike.date_part_name(part), last)
            - pg_catalog.date_trunc(lookalike.date_part_name(part), first)
        ) * case lookalike.date_part_name(part) when 'hour' then 1 / 3600.0 when 'minute' then 1 / 60.0 when 'second' then 1 else 1000 end
end::bigint $$;

create function lookalike.datediff(part text, first timestamptz, last timestamptz) returns bigint language sql stable as
$$ select lookalike.datediff(part, first at time zone 'UTC', last at time zone 'UTC') $$;

create function lookalike.datediff(part text, first date, last date) returns bigint language sql immutable as
$$ select lookalike.datediff(part, first::timestamp, last::timestamp) $$;

create function lookalike.datediff(part text, first time, last time) returns bigint language sql immutable as
$$ select lookalike.datediff(part, date '2000-01-01' + first, date '2000-01-01' + last) $$;

create function lookalike.date_trunc(part text, day date) returns timestamp language sql immutable as
$$ select pg_catalog.date_trunc(part, day::timestamp) $$;

create function lookalike.trunc(moment timestamp) returns date language sql immutable as $$ select moment::date $$;

create function lookalike.last_day(moment timestamp) returns date language sql immutable as
$$ select (pg_catalog.date_trunc('month', moment) + interval '1 month' - interval '1 day')::date $$;

create function lookalike.add_months(moment timestamp, amount bigint) returns timestamp language sql immutable as $$
select case
    when moment::date = lookalike.last_day(moment)
        then lookalike.last_day(moment + make_interval(months => amount::integer)) + moment::time
    else moment + make_interval(months => amount::integer)
end $$;

create function lookalike.months_between(first timestamp, last timestamp) returns double precision language sql immutable as $$
select (
    lookalike.datediff('month', last, first)
    + case
        when extract(day from first) = extract(day from last) then 0
        when first::date = lookalike.last_day(first) and last::date = lookalike.last_day(last) then 0
        else (extract(epoch from first - pg_catalog.date_trunc('month', first))
            - extract(epoch from last - pg_catalog.date_trunc('month', last))) / 86400 / 31
    end
)::double precision $$;

create function lookalike.convert_timezone(target text, moment timestamp) returns timestamp language sql immutable as
$$ select (moment at time zone 'UTC') at time zone target $$;

create function lookalike.convert_timezone(source text, target text, moment timestamp) returns timestamp language sql immutable as
$$ select (moment at time zone source) at time zone target $$;

-- ---------- strings

create function lookalike.len(value text) returns integer language sql immutable as $$ select char_length(value) $$;

create function lookalike.charindex(part text, value text) returns integer language sql immutable as
$$ select strpos(value, part) $$;

create function lookalike.concat(first text, last text) returns text language sql immutable as $$ select first || last $$;

create function lookalike.regexp_replace(value text, pattern text) returns text language sql immutable as
$$ select pg_catalog.regexp_replace(value, pattern, '', 'g') $$;

create function lookalike.regexp_replace(value text, pattern text, replacement text) returns text language sql immutable as
$$ select pg_catalog.regexp_replace(value, pattern, replacement, 'g') $$;

create function lookalike.regexp_replace(value text, pattern text, replacement text, start integer, flags text) returns text
language sql immutable as
$$ select pg_catalog.regexp_replace(value, pattern, replacement, start, 0, replace(flags, 'p', '')) $$;

create function lookalike.regexp_substr(value text, pattern text) returns text language sql immutable as
$$ select case when value is not null then coalesce(pg_catalog.regexp_substr(value, pattern), '') end $$;

create function lookalike.regexp_substr(value text, pattern text, start integer, number integer, flags text) returns text
language sql immutable as $$
select case
    when value is not null
        then coalesce(pg_catalog.regexp_substr(value, pattern, start, number, replace(flags, 'p', '')), '')
end $$;

create function lookalike.sha2(value text, bits integer) returns text language sql immutable as $$
select encode(case bits
    when 224 then sha224(convert_to(value, 'UTF8'))
    when 384 then sha384(convert_to(value, 'UTF8'))
    when 512 then sha512(convert_to(value, 'UTF8'))
    else sha256(convert_to(value, 'UTF8'))
end, 'hex') $$;

create function lookalike.json_extract_path_text(value text, variadic path text[]) returns text language sql immutable as
$$ select coalesce(value::jsonb #>> path, '') $$;

create function lookalike.is_valid_json(value text) returns boolean language sql immutable as $$ select value is json object $$;

create function lookalike.nvl2(tested anyelement, present anycompatible, absent anycompatible) returns anycompatible
language sql immutable as $$ select case when tested is not null then present else absent end $$;

-- ---------- numbers

create function lookalike.round(value double precision, digits integer) returns double precision language sql immutable as
$$ select pg_catalog.round(value::numeric, digits)::double precision $$;

create function lookalike.sum_step(state bigint, value bigint) returns bigint language sql immutable as
$$ select case when value is null then state else coalesce(state, 0) + value end $$;

create aggregate lookalike.sum(bigint) (sfunc = lookalike.sum_step, stype = bigint);

create function lookalike.avg_step(state numeric[], value bigint) returns numeric[] language sql immutable as
$$ select case when value is null then state else array[state[1] + value, state[2] + 1] end $$;

create function lookalike.avg_step(state numeric[], value integer) returns numeric[] language sql immutable as
$$ select lookalike.avg_step(state, value::bigint) $$;

create function lookalike.avg_end(state numeric[]) returns bigint language sql immutable as
$$ select pg_catalog.trunc(state[1] / nullif(state[2], 0))::bigint $$;

create aggregate lookalike.avg(bigint) (
    sfunc = lookalike.avg_step, stype = numeric[], finalfunc = lookalike.avg_end, initcond = '{0,0}'
);

create aggregate lookalike.avg(integer) (
    sfunc = lookalike.avg_step, stype = numeric[], finalfunc = lookalike.avg_end, initcond = '{0,0}'
);

create function lookalike.median_end(state double precision[]) returns double precision language sql immutable as
$$ select percentile_cont(0.5) within group (order by value) from unnest(state) as value $$;

create aggregate lookalike.median(double precision) (
    sfunc = array_append, stype = double precision[], finalfunc = lookalike.median_end, initcond = '{}'
);

-- ---------- casts

-- A varchar's length is in bytes. A cast cuts, an assignment is an error unless only blanks are lost.
create function lookalike.first_bytes(value text, size integer) returns text language plpgsql immutable as $$
declare
    kept text := left(value, size);
begin
    while octet_length(kept) > size loop
        kept := left(kept, -greatest(1, (octet_length(kept) - size) / 4));
    end loop;
    return kept;
end $$;

create function lookalike.too_long(value text, size integer) returns text language plpgsql immutable as $$
begin
    if octet_length(rtrim(value, ' ')) > size then
        raise exception using
            message = format('Value too long for character type: %s bytes, varchar(%s) takes %s', octet_length(value), size, size),
            errcode = 'string_data_right_truncation';
    end if;
    return left(value, size);
end $$;

-- In PL/pgSQL, for PostgreSQL would inline a function in SQL, and a `create table as` would lose the length.
create function lookalike.varchar(value varchar, modifier integer, is_explicit boolean) returns varchar
language plpgsql immutable strict as $$
begin
    if modifier < 4 or octet_length(value) <= modifier - 4 then
        return value;
    elsif is_explicit then
        return lookalike.first_bytes(value, modifier - 4);
    end if;
    return lookalike.too_long(value, modifier - 4);
end $$;

update pg_cast set castfunc = 'lookalike.varchar(varchar, integer, boolean)'::regprocedure
where castsource = 'varchar'::regtype and casttarget = 'varchar'::regtype;

-- A boolean has no cast to text.
create function lookalike.no_text_of_boolean(value boolean) returns text language plpgsql immutable as $$
begin
    raise exception using message = 'cannot cast type boolean to character varying', errcode = 'cannot_coerce';
end $$;

update pg_cast set castfunc = 'lookalike.no_text_of_boolean(boolean)'::regprocedure
where castsource = 'boolean'::regtype and casttarget in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype);
