{% test every_event_is_placed(model, streams) %}

    with

    streamed as (

        {%- for stream, event_names in streams.items() %}
        select
            event_name,
            event_id
        from {{ ref(stream) }}
        {%- if event_names != 'all' %}
        where event_name in ('{{ event_names | join("', '") }}')
        {%- endif %}
        {{ 'union all' if not loop.last }}
        {%- endfor %}

    )

    select
        coalesce(streamed.event_name, placed.event_name) as event_name,
        coalesce(streamed.event_id, placed.event_id) as event_id
    from streamed
    full outer join {{ model }} as placed
        on
            streamed.event_name = placed.event_name
            and streamed.event_id = placed.event_id
    where
        streamed.event_id is null
        or placed.event_id is null

{% endtest %}
