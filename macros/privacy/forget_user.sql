{#
  Takes a person out of the event streams and of everything built on them:

      dbt run-operation forget_user --args '{user_id: …}'

  First let Segment delete the person from the raw tables; while these still hold events of the person, this stops with an error, for
  the next run would only bring them back. Then it deletes, in one transaction, the person's events from all streams, and all rows of
  the orders, robots, trips, pilots and browsers that these events were about from the facts. What other events tell of those comes
  back with the next `dbt run`, which computes them anew.

  The person's events are those with the user id (as user or pilot), and on the customers' tracker those without a user id from the
  browsers in which this user was the last one seen. A pilots' workstation or a server's constant id ties nobody to anybody.

  It waits for the models that runs are writing, and runs wait for it (see `only_writer`). An id that no event has changes nothing, and a
  warning says so; a blank one is an error. Doing it again does nothing more.

  Where Redshift's adapter repeats something in a new session (see `lock_first`), that is the lock with the first notes, or it fails for
  want of these; so the commit is sent with a statement that needs them.

  user_id: the person's id, as text.
#}
{% macro forget_user(user_id) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set id = '' if user_id is none else user_id | string | trim %}
    {% if not id %}
        {{ exceptions.raise_compiler_error('forget_user: the user id is blank, which would be everybody or nobody. Nothing was changed.') }}
    {% endif %}
    {% set person = "'" ~ id | replace("'", "''") ~ "'" %}
    {% set streams, facts, missing = [], [], [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.config.materialized == 'incremental' %}
        {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
        {% if relation is none %}
            {% do missing.append(api.Relation.create(node.database, node.schema, node.alias)) %}
        {% elif node.config.incremental_strategy == 'replace_events' %}
            {% do streams.append({'relation': relation, 'columns': node.columns.keys() | list}) %}
        {% elif node.config.incremental_strategy == 'replace_entities' %}
            {% do facts.append({'relation': relation, 'columns': node.columns.keys() | list}) %}
        {% endif %}
    {% endfor %}
    {% if not streams %}
        {{ exceptions.raise_compiler_error('forget_user: there are no event streams in ' ~ target.schema ~ '. Is this the right target?') }}
    {% endif %}

    {% set lock = only_writer((streams + facts) | map(attribute='relation') | list, missing) %}
    {#- What dbt asked of the catalog has begun a transaction already. -#}
    {% do run_query('rollback; begin; ' ~ lock ~ noting_browsers(person, streams)) %}
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


{#
  Stops with an error if raw event tables hold rows of the person. Counts in one query over the staging views.
  id: the user id.  person: SQL of it.
#}
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


{#
  SQL that notes the browsers of a person in the temporary table `forgotten_browsers`.
  person: SQL of the user id.  streams: {relation, columns} each.
#}
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


{#
  SQL that counts the person's events in the streams.
  person: SQL of the user id.  streams: {relation, columns} each.
#}
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


{#
  SQL of the statements that forget a person, up to the commit: notes the events and what they are about, by all keys that streams and
  facts have of them; deletes; and lets all that is left of it look newly staged.
  person: SQL of the user id.  streams, facts: {relation, columns} each.
#}
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
    {%- for relation in streams + facts %}
        {%- set keys = entity_keys(relation.columns) %}
        {%- if keys %}

update {{ relation.relation }}
set staged_at = {{ written_at() }}
where
            {%- for key in keys %}
    {{ 'or ' if not loop.first }}{{ key }} in (select entity_key from forgotten_entities)
            {%- endfor %};
        {%- endif %}
    {%- endfor %}
{% endmacro %}


{#
  SQL of a condition: a stream's event is one of the person's.
  person: SQL of the user id.  columns: names of the stream's columns.
#}
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


{#
  The columns of a relation that hold keys of entities: all `*_key`.
  columns: the names of all its columns.
#}
{% macro entity_keys(columns) %}
    {% set keys = [] %}
    {% for name in columns if name.endswith('_key') %}
        {% do keys.append(name) %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}
