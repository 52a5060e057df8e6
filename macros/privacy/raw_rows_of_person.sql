{#
  The present rows of the raw tables, in the shape of staging. The staging views may be older than the raw tables, so this uses their SQL
  and not the views.
#}
{% macro event_tables_now() %}
    {% set staged = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'staging' %}
        {% set table = graph.sources[node.depends_on.nodes[0]] %}
        {% if table.identifier | lower in landed_columns(table.schema) %}
            {% do staged.append({'table': table, 'columns': node.columns.keys() | list, 'relation': '(' ~ render(node.raw_code) ~ ')'}) %}
        {% endif %}
    {% endfor %}
    {% if not staged %}
        {{ exceptions.raise_compiler_error(
            'forget_user: no event table has landed in schema ' ~ var('raw_schema') ~ ' of database ' ~ target.dbname
            ~ ', so the raw tables cannot be searched for the person. Is the var raw_schema right? Nothing was changed.'
        ) }}
    {% endif %}
    {{ return(staged) }}
{% endmacro %}


{# SQL of an id in the form that staging gives it; null if staging refuses the text. #}
{% macro id_as_staged(name, id) %}
    {%- set column = (graph.sources.values() | selectattr('columns.' ~ name, 'defined') | first).columns[name] -%}
    {%- set raw_name = accepted_raw_names(column)[0] -%}
    (
        select {{ conformed_value(column, {raw_name: [{'name': raw_name, 'type': 'text'}]}) }}
        from (select cast({{ text_literal(id | string) }} as varchar(65535)) as {{ adapter.quote(raw_name | replace('"', '""')) }}) as given
    )
{%- endmacro %}


{# dbt indents the lines of a message. In a statement with a line end inside a literal, the id would become another one. #}
{% macro literal_of_one_line(text) %}
    {{ return(text_literal(text) | replace('\r', "' || chr(13) || '") | replace('\n', "' || chr(10) || '")) }}
{% endmacro %}


{% macro raw_tables_named(name) %}
    {% set tables = [] %}
    {% for landed in landed_columns(var('raw_schema')).get(name, []) %}
        {% do tables.append({'schema': var('raw_schema'), 'identifier': landed.name, 'landed': landed.columns}) %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}


{#
  Tables that are not event tables, such as `tracks` and `identifies`, with the conditions on their ids as landed. Their columns have Segment's
  names, also if the event tables have others (var `raw_names`).
#}
{% macro other_tables_of_person(person) %}
    {% set schema = var('raw_schema') %}
    {% set declared = graph.sources.values() | selectattr('schema', 'equalto', schema) | list %}
    {% set columns, known, others = (declared | selectattr('columns.pilot_id', 'defined') | first).columns, {}, [] %}
    {% for id in ['user_id', 'pilot_id', 'anonymous_id'] %}
        {% set raw_names = (accepted_raw_names(columns[id]) + [id]) | unique | list %}
        {% do known.update({id: dict(columns[id], name='other_id', config={'meta': {'raw_names': raw_names}})}) %}
    {% endfor %}
    {% for name in landed_columns(schema) if name not in declared | map(attribute='identifier') | map('lower') %}
        {% for table in raw_tables_named(name) %}
            {#- Copies of event tables have ids of pilots, too. In other tables both expressions are the same. #}
            {% set ids = [conformed_value(known.user_id, table.landed), conformed_value(known.pilot_id, table.landed)] | unique | list %}
            {% set anonymous_id = conformed_value(known.anonymous_id, table.landed) %}
            {% set has_browsers = accepted_raw_names(known.anonymous_id) | select('in', table.landed) | list %}
            {#- Segment's table of users has the user id as id, and that of aliases also the id that a user had before. #}
            {% set other_id = {'users': 'id', 'aliases': 'previous_id'}.get(name) %}
            {% set other_column = dict(columns.id, name='other_id', config={'meta': {'raw_names': [other_id]}}) %}
            {% set other_value = conformed_value(other_column, table.landed) if other_id in table.landed %}
            {% set names = accepted_raw_names(known.user_id) + accepted_raw_names(known.pilot_id) %}
            {% set has_users = names | select('in', table.landed) | list or other_value %}
            {% set with_id = (ids + ([other_value] if other_value else [])) | join(' = ' ~ person ~ ' or ') ~ ' = ' ~ person %}
            {% do others.append({
                'table': table,
                'anonymous_id': 'case when ' ~ with_id ~ ' then null else ' ~ anonymous_id ~ ' end',
                'with_id': with_id,
                'browser_without_id': 'case when ' ~ ids | join(' is null and ') ~ ' is null then ' ~ anonymous_id ~ ' end' if has_browsers else none,
            }) if has_users or has_browsers %}
        {% endfor %}
    {% endfor %}
    {{ return(others) }}
{% endmacro %}


{# One row for all rows with an id of the person, and one for each event without a user id in a browser of the person. #}
{% macro raw_rows_of_person(person, raw) %}
    {%- for rows in raw.event_tables %}
        {%- set if_without_id = 'case when ' ~ is_of_person(person, rows.columns, false) ~ ' then null else ' %}
select
    cast({{ text_literal(rows.table.identifier) }} as varchar(512)) as raw_table,
    {{ if_without_id }}anonymous_id end as anonymous_id,
    {{ if_without_id }}event_id end as event_id,
    count(*) as row_count
from {{ rows.relation }} as staged
where {{ is_of_person(person, rows.columns) }}
group by 2, 3
        {{ 'union all' if raw.others or not loop.last }}
    {%- endfor %}
    {%- for rows in raw.others %}
select
    cast({{ text_literal(rows.table.identifier) }} as varchar(512)) as raw_table,
    {{ rows.anonymous_id }} as anonymous_id,
    cast(null as varchar(512)) as event_id,
    count(*) as row_count
from {{ raw_relation(rows.table) }}
where {{ is_other_row_of_person(rows, 'select forgotten_browsers.anonymous_id from forgotten_browsers') }}
group by 2
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{% macro is_other_row_of_person(rows, browsers) %}
    {{- return(rows.with_id ~ (' or ' ~ rows.browser_without_id ~ ' in (' ~ browsers ~ ')' if rows.browser_without_id else '')) -}}
{% endmacro %}


{# dbt puts quotes around a name and leaves those in the name as they are. #}
{% macro raw_relation(table) %}
    {%- set quoted = table.identifier | replace('"', '""') -%}
    {{- return(api.Relation.create(database=target.database, schema=table.schema, identifier=quoted).include(database=false)) -}}
{% endmacro %}


{#
  The statements list the events of a browser by id. A condition on the browser would not do: only staging knows which events are those of
  the tracker, and pilots may use the same browser.
#}
{% macro deletions_from_raw(person, found, browsers, raw) %}
    {% set statements = [] %}
    {% for rows in raw.event_tables if rows.table.identifier in found | map(attribute='raw_table') %}
        {% set ids, without_id = [], [] %}
        {% for row in found if row.raw_table == rows.table.identifier and row.anonymous_id is not none %}
            {% do (ids if row.event_id is not none else without_id).append(literal_of_one_line(row.event_id or row.anonymous_id)) %}
        {% endfor %}
        {% for table in raw_tables_named(rows.table.identifier | lower) %}
            {% set values, conditions = {}, [] %}
            {% for id in ['id', 'user_id', 'pilot_id', 'anonymous_id'] if id in rows.table.columns %}
                {% do values.update({id: conformed_value(rows.table.columns[id], table.landed)}) %}
            {% endfor %}
            {% for id in ['user_id', 'pilot_id'] if id in values %}
                {% do conditions.append(values[id] ~ ' = ' ~ person) %}
            {% endfor %}
            {% if ids %}
                {% do conditions.append('(' ~ values.id ~ ' in (' ~ ids | join(', ') ~ ') and ' ~ values.user_id ~ ' is null)') %}
            {% endif %}
            {% if without_id %}
                {% do conditions.append('(' ~ values.id ~ ' is null and ' ~ values.user_id ~ ' is null and ' ~ values.anonymous_id
                    ~ ' in (' ~ without_id | join(', ') ~ '))') %}
            {% endif %}
            {% do statements.append('delete from ' ~ raw_relation(table) ~ ' where ' ~ conditions | join(' or ') ~ ';') %}
        {% endfor %}
    {% endfor %}
    {% for rows in raw.others if rows.table.identifier in found | map(attribute='raw_table') %}
        {% set condition = is_other_row_of_person(rows, browsers | join(', ') or 'null') %}
        {% do statements.append('delete from ' ~ raw_relation(rows.table) ~ ' where ' ~ condition ~ ';') %}
    {% endfor %}
    {{ return(statements) }}
{% endmacro %}
