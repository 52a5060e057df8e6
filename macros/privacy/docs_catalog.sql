{#
  `dbt docs generate` calls these two macros for the columns of all relations. They leave out the raw schema: names of properties and events
  that are not declared may identify a person. The documentation shows the columns that the contract declares.
#}
{% macro default__get_catalog(catalog, schemas) %}
    {% set documented = schemas | reject('equalto', var('raw_schema')) | list %}
    {{ return(context[target.type ~ '__get_catalog'](catalog, documented or [''])) }}
{% endmacro %}


{% macro default__get_catalog_relations(catalog, relations) %}
    {% set documented = relations | rejectattr('schema', 'equalto', var('raw_schema')) | list %}
    {{ return(context[target.type ~ '__get_catalog_relations'](catalog, documented or [{'schema': ''}])) }}
{% endmacro %}
