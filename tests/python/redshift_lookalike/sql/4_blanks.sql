-- Trailing blanks do not count where text is compared: by an operator, in, between and case, in joins, group by, distinct, union,
-- partition by and order by. They count in like, in functions and when text is stored. What char(n) is compared with on PostgreSQL does
-- just that, and is given to text here: in operators, which the look-alike's schema puts before pg_catalog's, and in the operator
-- classes by which rows are joined, grouped and sorted.

create function lookalike.text_eq(text, text) returns boolean language internal immutable strict parallel safe as 'bpchareq';
create function lookalike.text_ne(text, text) returns boolean language internal immutable strict parallel safe as 'bpcharne';
create function lookalike.text_lt(text, text) returns boolean language internal immutable strict parallel safe as 'bpcharlt';
create function lookalike.text_le(text, text) returns boolean language internal immutable strict parallel safe as 'bpcharle';
create function lookalike.text_gt(text, text) returns boolean language internal immutable strict parallel safe as 'bpchargt';
create function lookalike.text_ge(text, text) returns boolean language internal immutable strict parallel safe as 'bpcharge';
create function lookalike.text_cmp(text, text) returns integer language internal immutable strict parallel safe as 'bpcharcmp';
create function lookalike.text_hash(text) returns integer language internal immutable strict parallel safe as 'hashbpchar';
create function lookalike.text_hash(text, bigint) returns bigint language internal immutable strict parallel safe as
'hashbpcharextended';
create function lookalike.text_sortsupport(internal) returns void language internal immutable strict parallel safe as
'bpchar_sortsupport';

create operator lookalike.= (
    function = lookalike.text_eq, leftarg = text, rightarg = text, commutator = operator(lookalike.=),
    negator = operator(lookalike.<>), restrict = eqsel, join = eqjoinsel, hashes, merges
);
create operator lookalike.<> (
    function = lookalike.text_ne, leftarg = text, rightarg = text, commutator = operator(lookalike.<>),
    negator = operator(lookalike.=), restrict = neqsel, join = neqjoinsel
);
create operator lookalike.< (
    function = lookalike.text_lt, leftarg = text, rightarg = text, commutator = operator(lookalike.>),
    negator = operator(lookalike.>=), restrict = scalarltsel, join = scalarltjoinsel
);
create operator lookalike.<= (
    function = lookalike.text_le, leftarg = text, rightarg = text, commutator = operator(lookalike.>=),
    negator = operator(lookalike.>), restrict = scalarlesel, join = scalarlejoinsel
);
create operator lookalike.> (
    function = lookalike.text_gt, leftarg = text, rightarg = text, commutator = operator(lookalike.<),
    negator = operator(lookalike.<=), restrict = scalargtsel, join = scalargtjoinsel
);
create operator lookalike.>= (
    function = lookalike.text_ge, leftarg = text, rightarg = text, commutator = operator(lookalike.<=),
    negator = operator(lookalike.<), restrict = scalargesel, join = scalargejoinsel
);

update pg_opclass set opcdefault = false
where opcintype = 'text'::regtype and opcdefault and opcmethod in (select oid from pg_am where amname in ('btree', 'hash'));

create operator class lookalike.text_without_blanks default for type text using btree as
    operator 1 lookalike.<, operator 2 lookalike.<=, operator 3 lookalike.=, operator 4 lookalike.>=, operator 5 lookalike.>,
    function 1 lookalike.text_cmp(text, text), function 2 lookalike.text_sortsupport(internal);

create operator class lookalike.text_without_blanks default for type text using hash as
    operator 1 lookalike.=, function 1 lookalike.text_hash(text), function 2 lookalike.text_hash(text, bigint);
