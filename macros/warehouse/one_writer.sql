{#
  Pre-hook of every model: of the runs that are going on at once, one at a time writes a model, and none while another reads it for an
  increment of its own. Whoever comes later waits for the other's commit. It is the first statement of the transaction's work, so that
  all that follows sees what the other wrote.

  A model's own lock comes before those of its parents, and a parent is never waiting for its child: there is no deadlock.

  PostgreSQL: advisory locks, until the end of the transaction; readers of the tables never wait. A run that looked for the table
  before another made or dropped it is refused. The table that a run swaps out it drops after its commit; whoever comes in between does it.
  Redshift: table locks; readers of the tables wait, too. A first run beside a first run fails, for the table exists already. Views
  cannot be locked there.
#}
{% macro one_writer() %}
    {%- if execute -%}
        {{ adapter.dispatch('one_writer')(incremental_parents()) }}
    {%- endif -%}
{% endmacro %}


{% macro default__one_writer(parents) %}
select pg_advisory_xact_lock_shared({{ advisory_key(target.schema) }});
select pg_advisory_xact_lock({{ advisory_key(this) }});
    {%- for parent in parents %}
select pg_advisory_xact_lock_shared({{ advisory_key(parent) }});
    {%- endfor %}
    {%- if config.get('materialized') == 'incremental' %}
{{ refuse_if_rebuilt(this, load_cached_relation(this) is not none) }}
drop table if exists {{ make_backup_relation(this, 'table').include(database=false) }} cascade;
    {%- endif %}
{% endmacro %}


{% macro redshift__one_writer(parents) %}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- set written = [this] if load_cached_relation(this) is not none else [] -%}
        {{ redshift__only_writer(written + parents) }}
    {%- endif -%}
{% endmacro %}


{#
  SQL for what writes many models in one transaction, as `forget_user` does: waits until no run of this target writes any model, and lets
  none begin until the end of the transaction. To be sent alone, before the statements that read the clock.

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
