{#
  `dbt docs generate` asks these two for the columns of all relations. The raw schema is left out: the documentation has what the contract
  declares of it, and names of properties and events that nobody has declared may name a person.
#}
{% macro default__get_catalog(catalog, schemas) %}
    {% set documented = schemas | reject('equalto', var('raw_schema')) | list %}
    {{ return(context[target.type ~ '__get_catalog'](catalog, documented or [''])) }}
{% endmacro %}


{% macro default__get_catalog_relations(catalog, relations) %}
    {% set documented = relations | rejectattr('schema', 'equalto', var('raw_schema')) | list %}
    {{ return(context[target.type ~ '__get_catalog_relations'](catalog, documented or [{'schema': ''}])) }}
{% endmacro %}
