{#
  Replacing a table or view, and adding a column, wait for everybody who reads it, and whoever may read may stay. The user of dbt has a
  `lock_timeout` on PostgreSQL (warehouse/roles_postgres.sql), after which the model fails. This asks who has the locks then.
#}
{% macro warn_of_lock_holders(results) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% for result in results if result.status == 'error' %}
        {% set name = result.node.name %}
        {% if 'lock timeout' in result.message %}
            {% set holders = run_query(lock_holders(result.node)).rows %}
            {% set lines = [] %}
            {% for pid, user_name, application, relation, mode in holders %}
                {% do lines.append('user ' ~ user_name ~ ' (process ' ~ pid ~ ', application ' ~ application ~ ') has ' ~ mode ~ ' on ' ~ relation) %}
            {% endfor %}
            {% do exceptions.warn(
                name ~ ' waited for a lock longer than lock_timeout. ' ~ (
                    'Still in its way may be: ' ~ lines | join('; ') ~ '. Ask them to end their transaction, or let a superuser end it: select'
                    ~ ' pg_terminate_backend(<process>). Then run dbt again.' if lines else 'Nobody has it any more. Run dbt again.'
                )
            ) %}
        {% elif target.type == 'redshift' and ('statement timeout' in result.message or "cancelled on user's request" in result.message) %}
            {% do exceptions.warn(
                name ~ ' was cancelled, by statement_timeout or by somebody. If it waited for a lock, docs/redshift.md ("While Segment alters a'
                ~ ' raw table") has the query that shows a superuser who has it.'
            ) %}
        {% endif %}
    {% endfor %}
    {{ return('') }}
{% endmacro %}


{% macro lock_holders(node) %}
    {% set relations = [] %}
    {% for table in [watermark_table(node), watermark_table({'database': node.database, 'alias': 'views'})] %}
        {% do relations.append(table.schema ~ '.' ~ table.identifier) %}
    {% endfor %}
    {% for each in [node] + views_above(node) %}
        {% do relations.append(each.schema ~ '.' ~ each.alias) %}
        {% for id in each.depends_on.nodes %}
            {% set input = graph.sources[id] if id in graph.sources else graph.nodes[id] %}
            {% do relations.append(input.schema ~ '.' ~ (input.identifier or input.alias)) %}
        {% endfor %}
    {% endfor %}
    select distinct
        sessions.pid,
        sessions.usename,
        sessions.application_name,
        cast(cast(locks.relation as regclass) as text) as relation_name,
        locks.mode
    from pg_locks as locks
    inner join pg_stat_activity as sessions on locks.pid = sessions.pid and locks.database = sessions.datid
    where
        locks.granted
        and locks.pid <> pg_backend_pid()
        and sessions.datname = current_database()
        and cast(cast(locks.relation as regclass) as text) in ('{{ relations | unique | join("', '") }}')
    order by 1, 4, 5
{% endmacro %}
