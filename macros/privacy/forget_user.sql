{#
      dbt run-operation forget_user --args '{user_id: …}'

  Segment deletes the person from the raw tables first, because the next run would restore events that these still have.

  The person's events are those with the user id (as user or pilot), and on the customers' tracker those without a user id from the
  browsers in which this user was the last one seen. The `anonymous_id` of a pilots' workstation or of a server does not identify a user.

  The model locks of all incremental models are taken in the order of their names, so that this waits for runs, and runs wait for it.

  Redshift's adapter may repeat a statement in a new session, without the locks. So the locks are sent with the first temporary table, and
  what follows needs that table, the commit included.
#}
{% macro forget_user(user_id) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set id = '' if user_id is none else user_id | string | trim %}
    {% if not id %}
        {{ exceptions.raise_compiler_error('forget_user: the user id is blank, which would be everybody or nobody. Nothing was changed.') }}
    {% endif %}
    {% set person = "'" ~ id | replace("'", "''") ~ "'" %}
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

    {#- What dbt asked of the catalog has begun a transaction already. -#}
    {% do run_query('rollback; ' ~ creating_watermark_tables(models) ~ ' begin; ' ~ locking(models) ~ noting_browsers(person, streams)) %}
    {% do stop_if_built_meanwhile(models, streams + facts) %}
    {% do stop_while_raw_holds(id, person) %}
    {% set event_count = run_query(counting(person, streams)).rows[0][0] | int %}
    {% if event_count == 0 %}
        {% do run_query('rollback;') %}
        {% do exceptions.warn('forget_user: no event in the streams is of ' ~ id ~ '. Nothing was changed.') %}
        {{ return('') }}
    {% endif %}
    {% do run_query(forgetting(person, streams, facts)) %}
    {% do run_query('drop table forgotten_browsers; commit;') %}
    {{ log(event_count ~ ' events of ' ~ id ~ ' are out of ' ~ streams | length ~ ' streams and ' ~ facts | length
        ~ ' facts. Run dbt now, so that what else is known of the same orders and robots comes back.', info=true) }}
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


{% macro stop_while_raw_holds(id, person) %}
    {% set counts = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.name.startswith('stg_') %}
        {% if adapter.get_relation(node.database, node.schema, node.alias) is not none %}
            {% do counts.append('select count(*) as row_count from ' ~ node.relation_name
                ~ ' where ' ~ is_of_person(person, node.columns)) %}
        {% endif %}
    {% endfor %}
    {% if counts %}
        {% set left = run_query('select sum(row_count) from (' ~ counts | join(' union all ') ~ ') as counts').rows[0][0] %}
        {% if left %}
            {{ exceptions.raise_compiler_error(
                'forget_user: the raw tables still hold ' ~ left ~ ' rows of ' ~ id
                ~ '. Let Segment delete them first, or the next run brings them back.'
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{% macro noting_browsers(person, streams) %}
drop table if exists forgotten_browsers;
create temporary table forgotten_browsers as
with

seen as (

    {%- for stream in streams %}
    select
        anonymous_id,
        user_id,
        event_name,
        event_id,
        occurred_at
    from {{ stream.relation }}
    where
        app = 'tracker_web'
        and anonymous_id is not null
        and user_id is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

ranked as (

    select
        anonymous_id,
        user_id,
        row_number() over (
            partition by anonymous_id
            order by occurred_at desc nulls last, event_id desc, event_name desc
        ) as place
    from seen

)

select anonymous_id
from ranked
where
    place = 1
    and user_id = {{ person }};
{% endmacro %}


{% macro counting(person, streams) %}
select sum(row_count)
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


{% macro is_of_person(person, columns) -%}
    (
        user_id = {{ person }}
        {{ 'or pilot_id = ' ~ person if 'pilot_id' in columns }}
        or (
            app = 'tracker_web'
            and user_id is null
            and anonymous_id in (select forgotten_browsers.anonymous_id from forgotten_browsers)
        )
    )
{%- endmacro %}


{% macro entity_keys(columns) %}
    {% set keys = [] %}
    {% for name in columns if name.endswith('_key') %}
        {% do keys.append(name) %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}
