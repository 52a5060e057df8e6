{#
  A condition holds for every row of a model: one failing row per row for which it is false or null.
  expression: SQL of a condition on the model's columns.
#}
{% test expression_is_true(model, expression) %}

    select *
    from {{ model }}
    where not coalesce({{ expression }}, false)

{% endtest %}
