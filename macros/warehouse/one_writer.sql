{#
  Pre-hook of every incremental model: of the runs that are going on at once, one at a time writes a model, and none while another reads
  it for an increment of its own. Whoever comes later waits for the other's commit. It is the first statement of the
  transaction's work, so that all that follows sees what the other wrote.

  A model's own lock comes before those of its parents, and a parent is never waiting for its child: there is no deadlock.

  PostgreSQL: advisory locks, until the end of the transaction; readers of the tables never wait. A run that looked for the table before
  another made or dropped it is refused.
  Redshift: table locks; readers of the tables wait, too. A first run beside a first run fails, for the table exists already.
#}
{% macro one_writer() %}
    {%- if execute -%}
        {{ adapter.dispatch('one_writer')(incremental_parents()) }}
    {%- endif -%}
{% endmacro %}


{% macro default__one_writer(parents) %}
select pg_advisory_xact_lock(hashtextextended('{{ this.schema }}.{{ this.identifier }}', 0));
    {%- for parent in parents %}
select pg_advisory_xact_lock_shared(hashtextextended('{{ parent.schema }}.{{ parent.identifier }}', 0));
    {%- endfor %}
do $$
begin
    if (to_regclass('{{ this.include(database=false) }}') is null) != {{ load_cached_relation(this) is none }} then
        raise exception 'Another run of dbt has built or dropped {{ this.identifier }} since this run began. Run dbt again.';
    end if;
end $$;
{% endmacro %}


{% macro redshift__one_writer(parents) %}
    {%- set written = [this] if load_cached_relation(this) is not none else [] -%}
    {%- if written + parents %}
lock {{ (written + parents) | join(', ') }};
    {%- endif %}
{% endmacro %}


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
