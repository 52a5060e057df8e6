{% macro landed_columns(schema) %}
    {{ return(catalog_of(schema).landed) }}
{% endmacro %}


{% macro unreadable_tables(schema) %}
    {{ return(catalog_of(schema).unreadable) }}
{% endmacro %}


{#
  The only macro that reads the catalog's columns. The result is stored in `graph`, which is one dict for all nodes of an invocation. It
  is as old as the first query, so use it only for schemas that the invocation does not change. Names that differ in case only are
  twins; the query gives them in the order in which they count.
#}
{% macro catalog_of(schema) %}
    {% set catalogs = graph.setdefault('landed_columns ' ~ invocation_id, {}) %}
    {% if schema not in catalogs %}
        {#- Commands without hooks, such as compile and show, check the vars here, before a var becomes SQL. -#}
        {% do check_vars() %}
        {% set tables, landed, places = {}, {}, {} %}
        {% for table, column, data_type, is_collated, is_readable, place in run_query(adapter.dispatch('landed_columns_query')(schema)).rows %}
            {% set columns = tables.setdefault(table, {}) %}
            {% do places.setdefault(table, []).append(place) if place %}
            {% if is_readable %}
                {% do columns.setdefault(column | lower, []).append({'name': column, 'type': data_type | lower, 'is_collated': is_collated}) %}
            {% endif %}
        {% endfor %}
        {% for table, columns in tables.items() if columns %}
            {% do landed.setdefault(table | lower, []).append({'name': table, 'columns': columns, 'places': places.get(table)}) %}
        {% endfor %}
        {% set unreadable = tables.items() | rejectattr(1) | map(attribute=0) | list %}
        {% do catalogs.update({schema: {'landed': landed, 'unreadable': unreadable}}) %}
    {% endif %}
    {{ return(catalogs[schema]) }}
{% endmacro %}


{#
  The types have the names that information_schema gives them. That view lacks materialized views, and tables on which the user has no
  privilege.
#}
{% macro default__landed_columns_query(schema) %}
    select
        relations.relname,
        attributes.attname,
        case
            when types.typcategory = 'A' then 'array'
            when types.typnamespace <> cast('pg_catalog' as regnamespace) then 'user-defined'
            else format_type(types.oid, null)
        end,
        coalesce(collations.collprovider <> 'd', false),
        has_schema_privilege(schemas.oid, 'usage') and has_column_privilege(relations.oid, attributes.attnum, 'select'),
        format('%s.%s', relations.oid, attributes.attnum)
    from pg_namespace as schemas
    inner join pg_class as relations on schemas.oid = relations.relnamespace
    inner join pg_attribute as attributes on relations.oid = attributes.attrelid
    inner join pg_type as declared on attributes.atttypid = declared.oid
    inner join pg_type as types on types.oid = case declared.typtype when 'd' then declared.typbasetype else declared.oid end
    left join pg_collation as collations on attributes.attcollation = collations.oid
    where
        schemas.nspname = {{ text_literal(schema) }}
        and relations.relkind in ('r', 'p', 'v', 'm', 'f')
        and attributes.attnum > 0
        and not attributes.attisdropped
    order by
        case when relations.relname = lower(relations.relname) then 0 else 1 end,
        relations.relname,
        case when attributes.attname = lower(attributes.attname) then 0 else 1 end,
        attributes.attname
{% endmacro %}


{#
  A view of PostgreSQL reads the table and columns that had the names when it was made, also after they were renamed. With this comment the
  view's definition changes if others have the names, so the view is made again.
#}
{% macro landed_places(landed) %}
    {{ return(' -- as of ' ~ local_md5(landed.places | join(' '))[:8] if landed.places else '') }}
{% endmacro %}


{#
  SVV_COLUMNS has late-binding views and external tables, too. Of external tables it has those that the user may read, and all other
  tables: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_COLUMNS.html. Of the latter information_schema has those on which the user
  has a privilege; `has_table_privilege` would not run beside it: https://docs.aws.amazon.com/redshift/latest/dg/r_HAS_TABLE_PRIVILEGE.html
#}
{% macro redshift__landed_columns_query(schema) %}
    select
        columns.table_name,
        columns.column_name,
        columns.data_type,
        false as is_collated,
        readable.table_name is not null or stored.relname is null as is_readable,
        null as place
    from svv_columns as columns
    left join information_schema.tables as readable
        on columns.table_schema = readable.table_schema and columns.table_name = readable.table_name
    left join (
        select pg_class.relname
        from pg_class
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where pg_namespace.nspname = {{ text_literal(schema) }}
    ) as stored on columns.table_name = stored.relname
    where
        columns.table_catalog = {{ text_literal(target.database) }}
        and columns.table_schema = {{ text_literal(schema) }}
    order by
        case when columns.table_name = lower(columns.table_name) then 0 else 1 end,
        columns.table_name,
        case when columns.column_name = lower(columns.column_name) then 0 else 1 end,
        columns.column_name
{% endmacro %}
