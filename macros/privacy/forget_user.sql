{#
      dbt run-operation forget_user --args '{user_id: …}'

  The person's events are those with the user id (as user or pilot), and on the customers' tracker those without a user id from the
  browsers in which this user was the last one seen. The `anonymous_id` of a pilots' workstation or of a server does not identify a user.

  dbt's user cannot delete raw rows. As long as the raw tables have rows of the person, a list (forgotten_ids.sql) makes all runs leave out
  the person's events, and the operation ends with an error that has the statements for the owner of the raw tables.

  The model locks of all incremental models are taken in the order of their names, so that this waits for runs, and runs wait for it.

  Redshift's adapter may repeat a statement in a new session, without the locks. So the locks are sent with the first temporary table, and
  what follows needs that table, the commit included.
#}
{% macro forget_user(user_id, anonymous_ids=[]) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {#- YAML reads an id such as 0123 or 1.10 as a number, and as text the number is another id. #}
    {% set lists = [anonymous_ids] | select('sequence') | reject('string') | reject('mapping') | list %}
    {% if user_id is not string or not lists or anonymous_ids | reject('string') | list %}
        {{ exceptions.raise_compiler_error(
            'forget_user: user_id must be a text and anonymous_ids a list of texts. Nothing was changed. Put each id in quotes: --args'
            ~ " '{user_id: " ~ '"cust_456", anonymous_ids: ["0f1c"]}' ~ "'."
        ) }}
    {% endif %}
    {% do hash_key_fingerprint() %}
    {% set staged = [id_as_staged('user_id', user_id) ~ ' as user_id'] %}
    {% for anonymous_id in anonymous_ids %}
        {% do staged.append(id_as_staged('anonymous_id', anonymous_id) ~ ' as anonymous_id_' ~ loop.index) %}
    {% endfor %}
    {% set ids = run_query('select ' ~ staged | join(', ')).rows[0].values() %}
    {% for given, accepted in zip_strict([user_id] + anonymous_ids, ids) if not accepted %}
        {{ exceptions.raise_compiler_error(
            "forget_user: staging does not accept the id '" ~ given ~ "': it is blank, a placeholder or too long. Nothing was changed."
        ) }}
    {% endfor %}
    {% set id = ids[0] %}
    {% set person = literal_of_one_line(id) %}
    {% set streams, facts = [], [] %}
    {% set models = graph.nodes.values() | selectattr('config.materialized', 'equalto', 'incremental') | sort(attribute='alias') | list %}
    {% for node in models %}
        {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
        {% if relation is not none and node.config.incremental_strategy == 'replace_events' %}
            {% do streams.append({'relation': relation, 'node': node, 'columns': node.columns.keys() | list}) %}
        {% elif relation is not none and node.config.incremental_strategy == 'replace_entities' %}
            {% do facts.append({'relation': relation, 'node': node, 'columns': node.columns.keys() | list}) %}
        {% endif %}
    {% endfor %}
    {% if not streams %}
        {{ exceptions.raise_compiler_error('forget_user: there are no event streams in ' ~ target.schema ~ '. Is this the right target?') }}
    {% endif %}
    {% set raw = {'event_tables': event_tables_now(), 'others': other_tables_of_person(person)} %}

    {#- What dbt asked of the catalog has begun a transaction already. -#}
    {% do run_query('rollback; ' ~ creating_watermark_tables(models) ~ ' begin; ' ~ locking(models)
        ~ noting_browsers(person, anonymous_ids, streams + raw.event_tables)) %}
    {% do stop_if_built_meanwhile(models, streams + facts) %}
    {% set listed = {} %}
    {% for row in run_query(listed_names(streams)).rows %}
        {% do listed.setdefault(row.list_name, []).append(row.input_name) %}
    {% endfor %}
    {% do stop_if_list_would_match_nobody(listed) %}
    {% set event_count, listed_count = run_query(counting(person, streams)).rows[0] %}
    {% set found = run_query(raw_rows_of_person(person, raw)).rows %}
    {% set browsers = [] %}
    {% for row in run_query('select anonymous_id from forgotten_browsers where anonymous_id is not null order by 1').rows %}
        {% do browsers.append(literal_of_one_line(row[0])) %}
    {% endfor %}
    {% if event_count %}
        {% do run_query(forgetting(person, streams, facts)) %}
    {% endif %}
    {% set is_done = not found and not unreadable_tables(var('raw_schema')) %}
    {% set listing = remove_forgotten(person, streams) if is_done else remember_forgotten(person, streams) %}
    {% do run_query('drop table forgotten_listed; ' ~ listing ~ ' commit;') %}
    {% set counts = {'events': event_count | int, 'listed': listed_count | int, 'streams': streams | length, 'facts': facts | length} %}
    {% do report_forgetting(id, counts, found, deletions_from_raw(person, found, browsers, raw)) %}
{% endmacro %}


{# A first build waits for the lock of its model's watermark table, too. #}
{% macro creating_watermark_tables(models) %}
    {%- for node in models -%}
{{ create_unless_exists(watermark_table(node)) }}
    {%- endfor -%}
{% endmacro %}


{% macro locking(models) %}
    {%- set tables = [] -%}
    {%- for node in models -%}
        {%- do tables.append(watermark_table(node) | string) -%}
    {%- endfor -%}
lock {{ tables | join(', ') }};
{% endmacro %}


{% macro stop_if_built_meanwhile(models, found) %}
    {% set before = found | map(attribute='relation.identifier') | sort | list %}
    {% set names = models | rejectattr('config.incremental_strategy', 'equalto', 'replace_differences') | map(attribute='alias') | list %}
    {% set now = [] %}
    {% for schema in models | map(attribute='schema') | unique %}
        {% set relation = api.Relation.create(database=target.database, schema=schema) %}
        {% for row in list_relations_without_caching(relation).rows if row['name'] in names %}
            {% do now.append(row['name']) %}
        {% endfor %}
    {% endfor %}
    {% if now | sort != before %}
        {{ exceptions.raise_compiler_error(
            'forget_user: a run of dbt has built or dropped models since forget_user began. Nothing was changed. Do it again.'
        ) }}
    {% endif %}
{% endmacro %}


{# Browsers are looked for in the raw tables, too: they may have events that no run has read. #}
{% macro noting_browsers(person, anonymous_ids, sources) %}
    {%- set tracked = [] %}
    {%- for rows in sources %}
        {%- do tracked.append('select anonymous_id, user_id, event_name, event_id, occurred_at from ' ~ rows.relation
            ~ " as tracked where app = 'tracker_web' and anonymous_id is not null") %}
    {%- endfor %}
    {%- set tracked = tracked | join('\nunion all\n') %}
drop table if exists forgotten_listed;
create temporary table forgotten_listed as
select input_name
from (
    {%- for stream in sources if stream.node is defined %}
    select input_name
    from {{ watermark_table(stream.node) }}
    where {{ is_forgotten_id(person) }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
) as listed;

drop table if exists forgotten_candidates;
create temporary table forgotten_candidates as
select distinct anonymous_id
from ({{ tracked }}) as tracked
where user_id = {{ person }};

drop table if exists forgotten_browsers;
create temporary table forgotten_browsers as
with

seen as (

    select *
    from ({{ tracked }}) as tracked
    where
        user_id is not null
        and anonymous_id in (select forgotten_candidates.anonymous_id from forgotten_candidates)

),

ranked as (

    select
        anonymous_id,
        user_id,
        row_number() over (
            partition by anonymous_id
            order by occurred_at desc nulls last, user_id desc
        ) as place
    from seen

)

select anonymous_id
from ranked
where
    place = 1
    and user_id = {{ person }}
union
select anonymous_id
from ({{ tracked }}) as tracked
where
    user_id is null
    and {{ is_on_list('anonymous_id', 'forgotten_listed') }}
    {%- for anonymous_id in anonymous_ids %}
union
select {{ id_as_staged('anonymous_id', anonymous_id) }} as anonymous_id
    {%- endfor %};
{% endmacro %}


{% macro listed_names(streams) %}
    {%- for stream in streams %}
select
    {{ text_literal(watermark_table(stream.node) | string) }} as list_name,
    input_name
from {{ watermark_table(stream.node) }}
where {{ is_forgotten_id() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{% macro counting(person, streams) %}
select
    sum(row_count) as event_count,
    (select count(*) from forgotten_listed) as listed_count
from (
    {%- for stream in streams %}
    select count(*) as row_count
    from {{ stream.relation }}
    where {{ is_of_person(person, stream.columns) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as counts
{% endmacro %}


{% macro forgetting(person, streams, facts) %}
drop table if exists forgotten_events;
create temporary table forgotten_events as
    {%- for stream in streams %}
select
    event_name,
    event_id
from {{ stream.relation }}
where {{ is_of_person(person, stream.columns) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %};

drop table if exists forgotten_entities;
create temporary table forgotten_entities as
select cast('' as varchar(600)) as entity_key
    {%- for relation in streams + facts if 'event_id' in relation.columns %}
        {%- for key in entity_keys(relation.columns) %}
union
select held.{{ key }}
from {{ relation.relation }} as held
inner join forgotten_events as forgotten
    on
        held.event_name = forgotten.event_name
        and held.event_id = forgotten.event_id
        {%- endfor %}
    {%- endfor %};

    {%- for stream in streams %}

delete from {{ stream.relation }}
where {{ is_of_person(person, stream.columns) }};
    {%- endfor %}
    {%- for fact in facts %}

delete from {{ fact.relation }}
where entity_key in (select entity_key from forgotten_entities);
    {%- endfor %}

drop table if exists forgotten_at;
create temporary table forgotten_at as
select greatest({{ warehouse_clock() }}, {{ timestamp_add('microsecond', 1, 'max(watermark)') }}) as written_at
from (
    {%- for relation in streams + facts %}
    select watermark
    from {{ watermark_table(relation.node) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as watermarks;
    {%- for relation in streams + facts %}
        {%- set keys = entity_keys(relation.columns) %}
        {%- if keys %}

update {{ relation.relation }}
set written_at = (select forgotten_at.written_at from forgotten_at)
where
            {%- for key in keys %}
    {{ 'or ' if not loop.first }}{{ key }} in (select entity_key from forgotten_entities)
            {%- endfor %};
{{ record_watermarks([], 'forgotten_at', relation.node) }}
        {%- endif %}
    {%- endfor %}
{% endmacro %}


{% macro is_of_person(person, columns, or_of_browser=true) -%}
    (
        user_id = {{ person }}
        {{ 'or pilot_id = ' ~ person if 'pilot_id' in columns }}
        {%- if or_of_browser %}
        or (
            app = 'tracker_web'
            and user_id is null
            and anonymous_id in (select forgotten_browsers.anonymous_id from forgotten_browsers)
        )
        {%- endif %}
    )
{%- endmacro %}


{% macro entity_keys(columns) %}
    {% set keys = [] %}
    {% for name in columns if name.endswith('_key') %}
        {% do keys.append(name) %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}


{% macro report_forgetting(id, counts, found, deletions) %}
    {% set schema = var('raw_schema') %}
    {% set unread = unreadable_tables(schema) %}
    {% set done = counts.events ~ ' events of ' ~ id ~ ' were deleted from ' ~ counts.streams ~ ' streams, and their rows from ' ~ counts.facts ~ ' facts.'
        ~ (' Run dbt now, to compute the same orders and robots again without them.' if counts.events) %}
    {% if found %}
        {% set tables, lines = {}, [] %}
        {% for row in found %}
            {% set of_table = tables.setdefault(row.raw_table, {'with_id': [0], 'in_browsers': [0], 'browsers': {}}) %}
            {% do (of_table.with_id if row.anonymous_id is none else of_table.in_browsers).append(row.row_count | int) %}
            {% do of_table.browsers.update({} if row.anonymous_id is none else {row.anonymous_id: true}) %}
        {% endfor %}
        {% for name, of_table in tables.items() %}
            {% do lines.append('  ' ~ name ~ ': ' ~ of_table.with_id | sum ~ ' rows with the user or pilot id ' ~ id ~ (', '
                ~ of_table.in_browsers | sum ~ ' rows without such an id from the browsers ' ~ of_table.browsers | sort | join(', ')
                if of_table.browsers)) %}
        {% endfor %}
        {{ exceptions.raise_compiler_error(
            'forget_user: not done yet. ' ~ done ~ ' No run reads them again, but the raw tables still have rows of the person:\n'
            ~ lines | join('\n') ~ '\nLet the owner of schema ' ~ schema ~ ' run these statements, then run forget_user again.\n'
            ~ deletions | join('\n')
        ) }}
    {% elif unread %}
        {{ exceptions.raise_compiler_error(
            'forget_user: not done yet. ' ~ done ~ ' These raw tables may have rows of the person, but '
            ~ (target.user or 'this user') ~ ' may not read them: ' ~ unread | join(', ')
            ~ '. Grant usage on schema ' ~ schema ~ ' and select on the tables, then run forget_user again.'
        ) }}
    {% elif not (counts.events or counts.listed) %}
        {% do exceptions.warn('forget_user: the streams and raw tables have no event of ' ~ id ~ '. Nothing was changed.') %}
    {% else %}
        {{ log('forget_user: done. ' ~ done ~ ' The raw tables have no row of the person.', info=true) }}
    {% endif %}
{% endmacro %}
