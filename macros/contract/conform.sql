{#
  A raw table in exactly the shape that its source declares: `select …` with every declared column under its declared name and
  type, whatever has landed. A column that has not landed is a typed null; a table that has not landed has no rows.

  Of a column's accepted raw names (var `raw_names`, else the column's meta `raw_names`, else its own name) the first that is
  not null wins. Text is right-trimmed, and blank text is null. A value that does not fit the declared type is null.

  A column with meta `personal_data` comes out harmless: see `harmless`.

  relation: what `source()` gives. In a unit test that is a fixture, which has its shape already.
#}
{% macro conform(relation) %}
    {%- if not execute or relation.is_cte -%}
        select * from {{ relation }}
    {%- else -%}
        {%- set table = contract_table(relation) -%}
        {%- set landed = landed_columns(relation.schema).get(relation.identifier | lower) -%}
        {%- set columns = [] -%}
        {%- for column in table.columns.values() -%}
            {%- set value = conformed_value(column, landed or {}) -%}
            {%- do columns.extend(harmless(column, value)) -%}
        {%- endfor -%}
        select
            {{ columns | join(',\n            ') }}
        {%- if landed is none %}
        where false
        {%- else %}
        from {{ relation }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#
  The node of a declared source table: `.name`, `.columns`, `.config`.
  relation: what `source()` gives.
#}
{% macro contract_table(relation) %}
    {% for table in graph.sources.values() %}
        {% if table.schema == relation.schema and table.identifier == relation.identifier %}
            {{ return(table) }}
        {% endif %}
    {% endfor %}
    {{ exceptions.raise_compiler_error(
        'conform: ' ~ relation ~ ' is not declared as a source. Declare the table and its columns in a __sources.yml file.'
    ) }}
{% endmacro %}


{#
  The raw names under which a contract column may land, in order of preference, all in lower case.
  column: a column of a source node.
#}
{% macro accepted_raw_names(column) %}
    {{ return(var('raw_names').get(column.name, column.config.meta.get('raw_names', [column.name])) | map('lower') | list) }}
{% endmacro %}


{#
  The SQL of a contract column's value: typed, trimmed, first of its accepted raw names that is not null.
  column: a column of a source node.  landed: {raw name: landed type} of its table.
#}
{% macro conformed_value(column, landed) %}
    {% set values = [] %}
    {% for raw_name in accepted_raw_names(column) if raw_name in landed %}
        {% do values.append(safe_cast_landed(adapter.quote(raw_name), landed[raw_name], column.data_type)) %}
    {% endfor %}
    {% if not values %}
        {{ return('cast(null as ' ~ column.data_type ~ ')') }}
    {% elif values | length == 1 %}
        {{ return(values[0]) }}
    {% endif %}
    {{ return('coalesce(' ~ values | join(', ') ~ ')') }}
{% endmacro %}


{#
  The select-list items that a contract column gives: a list with one `expression as name`, or none.
  By its meta `personal_data`:
    drop      nothing
    presence  boolean `has_<name>`
    host      `<name>_host`, the host of a URL, without path and query
    device    `device_class`: mobile, tablet, desktop, bot or other
    hash      the value itself, which the event stream replaces by a keyed hash
  Without: the value under its name.
  column: a column of a source node.  value: the SQL of its value.
#}
{% macro harmless(column, value) %}
    {% set policy = column.config.meta.get('personal_data') %}
    {% if policy == 'drop' %}
        {{ return([]) }}
    {% elif policy == 'presence' %}
        {{ return(['(' ~ value ~ ') is not null as has_' ~ column.name]) }}
    {% elif policy == 'host' %}
        {% set host = "nullif(lower(split_part(split_part(split_part(" ~ value ~ ", '://', 2), '/', 1), '?', 1)), '')" %}
        {{ return(['cast(' ~ host ~ ' as ' ~ column.data_type ~ ') as ' ~ column.name ~ '_host']) }}
    {% elif policy == 'device' %}
        {{ return([device_class(value) ~ ' as device_class']) }}
    {% elif policy in ('hash', none) %}
        {{ return([value ~ ' as ' ~ adapter.quote(column.name)]) }}
    {% endif %}
    {{ exceptions.raise_compiler_error(
        'conform: column ' ~ column.name ~ ' has personal_data: ' ~ policy
        ~ '. It may be drop, presence, host, device or hash.'
    ) }}
{% endmacro %}


{#
  The class of device that a user agent names: varchar(16), null for null.
  user_agent: SQL of the user agent.
#}
{% macro device_class(user_agent) %}
    {% set agent = 'lower(' ~ user_agent ~ ')' %}
    {{ return(
        "cast(case when " ~ agent ~ " is null then null"
        ~ " when " ~ agent ~ " ~ '(bot|crawl|spider|headless)' then 'bot'"
        ~ " when " ~ agent ~ " ~ '(ipad|tablet)' then 'tablet'"
        ~ " when " ~ agent ~ " ~ '(iphone|mobile|android)' then 'mobile'"
        ~ " when " ~ agent ~ " ~ '(windows|macintosh|linux|cros)' then 'desktop'"
        ~ " else 'other' end as varchar(16))"
    ) }}
{% endmacro %}
