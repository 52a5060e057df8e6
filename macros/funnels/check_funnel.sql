{% macro check_funnel(funnel) %}
    {% set wrong, conditions, steps, window_minutes = [], [], funnel.steps, funnel.window_minutes %}
    {% if steps is string or steps is mapping or steps is not sequence or not 2 <= steps | length <= 20 %}
        {% do wrong.append('steps must be a list of 2 to 20 events') %}
    {% else %}
        {% for step in steps %}
            {% do wrong.extend(wrong_step(loop.index, step)) %}
            {% do conditions.append([step.event, step.where or ''] | string if step is mapping else [step, ''] | string) %}
        {% endfor %}
    {% endif %}
    {% for name, allowed in {
        'order': ['any', 'this', 'exact'],
        'counting': ['uniques', 'totals'],
        'ties': ['instant', 'second', 'minute'],
        'reentry': [true, false],
    }.items() if funnel[name] not in allowed %}
        {% do wrong.append(name ~ ' is ' ~ funnel[name] ~ ' and must be ' ~ allowed | join(' or ') | lower) %}
    {% endfor %}
    {% if window_minutes is not integer or window_minutes is boolean or not 1 <= window_minutes <= 5256000 %}
        {% do wrong.append('window_minutes is ' ~ window_minutes ~ ' and must be a whole number of minutes from 1 to 5256000 (ten years)') %}
    {% endif %}
    {% if funnel.where is not none and not is_plain_text(funnel.where) %}
        {% do wrong.append('where must be SQL of a condition') %}
    {% endif %}
    {% if funnel.events is string %}
        {% do wrong.append("events must be a relation, such as ref('fct_events')") %}
    {% else %}
        {% do wrong.extend(wrong_funnel_columns(funnel.by, funnel.hold, funnel.group_by, funnel.events)) %}
    {% endif %}
    {% if funnel.counting == 'totals' and (funnel.order == 'any' or funnel.order == 'exact' and not funnel.reentry) %}
        {% do wrong.append(
            "counting='totals' needs order='this', or order='exact' with reentry=true: otherwise nothing says which path"
            ~ ' an event belongs to'
        ) %}
    {% endif %}
    {% if funnel.order == 'any' and conditions | unique(case_sensitive=true) | list | length < steps | length %}
        {% do wrong.append("order='any' needs steps that differ: one event would count for several of them") %}
    {% endif %}
    {% if wrong %}
        {{ exceptions.raise_compiler_error('This funnel is wrong: ' ~ wrong | join('; ') ~ '. docs/funnels.md describes funnels.') }}
    {% endif %}
{% endmacro %}


{% macro wrong_step(number, step) %}
    {% set prefix = 'step ' ~ number %}
    {% if step is string %}
        {% set step = {'event': step} %}
    {% elif step is not mapping or step.event is not defined %}
        {{ return([prefix ~ " must be the name of an event, or {'event': …, 'where': …, 'name': …}"]) }}
    {% endif %}
    {% set wrong = [] %}
    {% if step.event not in graph.sources.values() | map(attribute='identifier') %}
        {% do wrong.append(prefix ~ ': ' ~ step.event ~ ' is no event, seeds/event_catalogue.csv lists all') %}
    {% endif %}
    {% for name, value in step.items() %}
        {% if name not in ('event', 'where', 'name') %}
            {% do wrong.append(prefix ~ ': ' ~ name ~ ' is none of event, where and name') %}
        {% elif not is_plain_text(value) %}
            {% do wrong.append(prefix ~ ': ' ~ name ~ ' must be a text that is not blank') %}
        {% endif %}
    {% endfor %}
    {{ return(wrong) }}
{% endmacro %}


{% macro wrong_funnel_columns(by, hold, group_by, events) %}
    {% if by is not string or not is_list_of_texts(hold) or not is_list_of_texts(group_by) %}
        {{ return(['by must be the name of a column, hold and group_by lists of names of columns']) }}
    {% endif %}
    {% set wrong, columns = [], [] %}
    {% for node in graph.nodes.values() if node.relation_name == events.render() %}
        {% do columns.extend(node.columns) %}
    {% endfor %}
    {% if not columns %}
        {% do columns.extend(adapter.get_columns_in_relation(events) | map(attribute='name')) %}
    {% endif %}
    {% for name in [by] + hold + group_by + ['event_name', 'occurred_at'] if columns and name not in columns %}
        {% do wrong.append(name ~ ' is no column of ' ~ events ~ ', which has ' ~ columns | join(', ')) %}
    {% endfor %}
    {% for name in columns if ([by] + hold).count(name) > 1 or group_by.count(name) > 1 %}
        {% do wrong.append(name ~ ' is named twice') %}
    {% endfor %}
    {{ return(wrong) }}
{% endmacro %}
