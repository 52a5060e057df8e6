{% macro drop_staging_views(raw_table=none) %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'staging' and execute %}
        {% set table = graph.sources[node.depends_on.nodes[0]].identifier %}
        {% if raw_table in (none, table) %}
            {% do found.append(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='view')) %}
        {% endif %}
    {% endfor %}
    {% if execute and not found %}
        {% do exceptions.raise_compiler_error('No staging view reads a raw table ' ~ raw_table ~ '. Name one that is declared as a source.') %}
    {% endif %}
    {% set dropped = [] %}
    {% for view in found if load_relation(view) is not none %}
        {% set above = views_on(view) if target.type != 'redshift' else [] %}
        {% do dropped.extend([view.identifier] + above | map(attribute='name') | list) %}
        {% do run_query(get_drop_sql(view)) %}
    {% endfor %}
    {% do adapter.commit() if dropped %}
    {% do log(
        ('Dropped ' ~ dropped | unique | join(', ') if dropped else 'There was no view to drop')
        ~ ". dbt run creates the project's views again.", info=true
    ) %}
{% endmacro %}
