{#
  Replacing a table or view, and adding a column, wait for all open transactions that have read it. On PostgreSQL the user of dbt has a
  `lock_timeout` (warehouse/roles_postgres.sql), after which the model fails. Then this macro finds out who has the locks.
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
                    'These may have the lock: ' ~ lines | join('; ') ~ '. Ask them to end their transaction, or let a superuser end it:'
                    ~ ' select pg_terminate_backend(<process>). Then run dbt again.' if lines else 'The lock is free again. Run dbt again.'
                )
            ) %}
        {% elif target.type == 'redshift' and ('statement timeout' in result.message or "cancelled on user's request" in result.message) %}
            {% do exceptions.warn(
                name ~ ' was cancelled, by statement_timeout or by a user. If it waited for a lock, see docs/redshift.md ("While Segment'
                ~ ' alters a raw table"): a query there shows a superuser who has the lock.'
            ) %}
        {% endif %}
    {% endfor %}
    {{ return('') }}
{% endmacro %}


{% macro lock_holders(node) %}
    {% set relations = [] %}
    {% for table in [watermark_table(node), watermark_table({'database': node.database, 'alias': 'views'})] %}
        {% do relations.append(text_literal(table.schema ~ '.' ~ table.identifier)) %}
    {% endfor %}
    {% for each in [node] + views_above(node) %}
        {% do relations.append(text_literal(each.schema ~ '.' ~ each.alias)) %}
        {% for id in each.depends_on.nodes %}
            {% set input = graph.sources[id] if id in graph.sources else graph.nodes[id] %}
            {% do relations.append(text_literal(input.schema ~ '.' ~ (input.identifier or input.alias))) %}
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
        and cast(cast(locks.relation as regclass) as text) in ({{ relations | unique | join(', ') }})
    order by 1, 4, 5
{% endmacro %}
