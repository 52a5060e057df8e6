{#
  No two rows of a model agree in all of these columns. Nulls count as values.
  columns: names of columns.
#}
{% test unique_combination(model, columns) %}

    select
        {{ columns | join(',\n        ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
