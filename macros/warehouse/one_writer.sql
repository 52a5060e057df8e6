{#
  Pre-hook of every model: of the runs that are going on at once, one at a time writes a model, and none while another reads it for an
  increment of its own. Whoever comes later waits for the other's commit. It is the first statement of the transaction's work, so that
  all that follows sees what the other wrote.

  A model's own lock comes before those of its parents, and a parent is never waiting for its child: there is no deadlock.

  PostgreSQL: advisory locks, until the end of the transaction; readers of the tables never wait. A run that looked for the table
  before another made or dropped it is refused. The table that a run swaps out it drops after its commit; whoever comes in between does it.
  Redshift: table locks; readers of the tables wait, too. A first run beside a first run fails, for the table exists already. Views
  cannot be locked there. An increment takes them with its notes, see `lock_first`.
#}
{% macro one_writer() %}
    {%- if execute -%}
        {{ adapter.dispatch('one_writer')() }}
    {%- endif -%}
{% endmacro %}


{% macro default__one_writer() %}
select pg_advisory_xact_lock_shared({{ advisory_key(target.schema) }});
select pg_advisory_xact_lock({{ advisory_key(this) }});
    {%- for parent in incremental_parents() %}
select pg_advisory_xact_lock_shared({{ advisory_key(parent) }});
    {%- endfor %}
    {%- if config.get('materialized') == 'incremental' %}
{{ refuse_if_rebuilt(this, load_cached_relation(this) is not none) }}
drop table if exists {{ make_backup_relation(this, 'table').include(database=false) }} cascade;
    {%- endif %}
{% endmacro %}


{% macro redshift__one_writer() %}
    {{ lock_first() if not is_incremental() }}
{% endmacro %}


{#
  SQL of Redshift that begins what is read under the lock of an incremental model: the notes of an increment, the table of a full refresh. Nothing
  on PostgreSQL, where `one_writer` is enough.

  After some errors dbt-redshift begins a new session, without the lock and without what was noted, and repeats what it sent last as a
  whole: a hook, or a statement of the materialization. So a lock and what is read first under it are sent as one, and all that comes later
  needs what only the session with the lock has.
#}
{% macro lock_first() %}
    {{ return(adapter.dispatch('lock_first')()) }}
{% endmacro %}


{% macro default__lock_first() %}
    {{ return('') }}
{% endmacro %}


{% macro redshift__lock_first() %}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- set written = [this] if load_cached_relation(this) is not none else [] -%}
        {{ redshift__only_writer(written + incremental_parents()) }}
    {%- endif -%}
{% endmacro %}


{#
  The statement of dbt that makes a table, behind the lock if it is no increment's temporary table.
#}
{% macro redshift__get_create_table_as_sql(temporary, relation, sql) %}
    {{ lock_first() if not temporary }}
    {{ create_table_as(temporary, relation, sql) }}
{% endmacro %}


{#
  SQL of Redshift that begins a post-hook of a full refresh: it fails in a new session, where the table that this one replaces has its own
  name again. Nothing on PostgreSQL.
#}
{% macro refuse_new_session() %}
    {{ return(adapter.dispatch('refuse_new_session')()) }}
{% endmacro %}


{% macro default__refuse_new_session() %}
    {{ return('') }}
{% endmacro %}


{% macro redshift__refuse_new_session() %}
    {%- set replaced = make_backup_relation(this, 'table') -%}
    {{ redshift__only_writer([replaced] if load_cached_relation(replaced) is not none else []) }}
{% endmacro %}


{#
  SQL for what writes many models in one transaction, as `forget_user` does: waits until no run of this target writes any model, and lets
  none begin until the end of the transaction. To be sent before the statements that read the clock.

  relations: all that is written, as far as it is there.  missing: what else could be, but is not.
#}
{% macro only_writer(relations, missing) %}
    {{ return(adapter.dispatch('only_writer')(relations, missing)) }}
{% endmacro %}


{% macro default__only_writer(relations, missing) %}
select pg_advisory_xact_lock({{ advisory_key(target.schema) }});
    {%- for relation in relations %}
{{ refuse_if_rebuilt(relation, true) }}
    {%- endfor %}
    {%- for relation in missing %}
{{ refuse_if_rebuilt(relation, false) }}
    {%- endfor %}
{% endmacro %}


{% macro redshift__only_writer(relations, missing=[]) %}
    {%- if relations %}
lock {{ relations | join(', ') }};
    {%- endif %}
{% endmacro %}


{#
  SQL of the number of the advisory lock on a relation, or on all models of a target by the name of its schema.
#}
{% macro advisory_key(locked) -%}
    hashtextextended('{{ locked if locked is string else locked.schema ~ '.' ~ locked.identifier }}', 0)
{%- endmacro %}


{#
  SQL of PostgreSQL that ends a run with an error if a relation is there and was not when the run began, or the other way round.
  was_there: whether it was.
#}
{% macro refuse_if_rebuilt(relation, was_there) -%}
do $$
begin
    if (to_regclass('{{ relation.include(database=false) }}') is not null) != {{ was_there }} then
        raise exception 'Another run of dbt has built or dropped {{ relation.identifier }} since this run began. Run dbt again.';
    end if;
end $$;
{%- endmacro %}


{#
  The relations of the incremental models that the model at hand reads, in order of their names.
#}
{% macro incremental_parents() %}
    {% set parents = [] %}
    {% for id in model.depends_on.nodes | sort if id in graph.nodes %}
        {% set parent = graph.nodes[id] %}
        {% if parent.config.materialized == 'incremental' %}
            {% do parents.append(api.Relation.create(parent.database, parent.schema, parent.alias)) %}
        {% endif %}
    {% endfor %}
    {{ return(parents) }}
{% endmacro %}
