{#
  A misspelt id changes nothing and fails nothing. The order or robot of a right id may have lost its last event by this reconciliation, so
  this is no error.
#}
{% macro warn_of_unknown_id(results) %}
    {% set scope = var('reconcile') %}
    {% if not execute or flags.WHICH not in ('run', 'build') or scope is not mapping or 'from' in scope %}
        {{ return('') }}
    {% endif %}
    {% set name, id = scope.items() | first %}
    {% set events = [] %}
    {% for node in results | selectattr('status', 'equalto', 'success') | map(attribute='node')
        if node.config.get('incremental_strategy') == 'replace_events' and name in node.columns %}
        {% do events.append('select 1 as one from ' ~ node.relation_name ~ ' where ' ~ name ~ ' = ' ~ text_literal(id)) %}
    {% endfor %}
    {% if events and not run_query(events | join(' union all ') ~ ' limit 1').rows %}
        {% do exceptions.warn(
            'reconcile: no stream of this run has an event with the ' ~ name ~ ' ' ~ tojson(id) ~ '. Unless the raw tables have lost its events,'
            ~ ' the id is misspelt, and nothing was reconciled.'
        ) %}
    {% endif %}
    {{ return('') }}
{% endmacro %}
