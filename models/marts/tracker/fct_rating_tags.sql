{#- on Redshift a backslash in quotes escapes the next character, so it is written as chr(92) -#}
{% set escaped_backslash, escaped_quote = 'chr(92) || chr(92)', "chr(92) || '\"'" %}

with

ratings as (

    select *
    from {{ ref('fct_ratings') }}
    where rating_tags is not null

),

-- escaped characters are set aside, so that each quote delimits a text
prepared as (

    select
        ratings.*,
        replace(replace(rating_tags, {{ escaped_backslash }}, chr(1)), {{ escaped_quote }}, chr(2)) as tags
    from ratings

),

counted as (

    select
        prepared.*,
        tags like '%"%' as is_quoted,
        case
            when tags like '%"%' then (length(tags) - length(replace(tags, '"', ''))) / 2
            else 1 + length(tags) - length(replace(tags, ',', ''))
        end as tag_count
    from prepared

),

digits as (

    {% for digit in range(10) %}
    select cast({{ digit }} as integer) as digit
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

numbers as (

    select 1 + ones.digit + 10 * tens.digit as tag_number
    from digits as ones
    cross join digits as tens

),

tagged as (

    select
        counted.*,
        case
            when counted.is_quoted then split_part(counted.tags, '"', 2 * numbers.tag_number)
            else split_part(btrim(counted.tags, '[] '), ',', numbers.tag_number)
        end as found_tag
    from counted
    inner join numbers on counted.tag_count >= numbers.tag_number

),

cleaned as (

    select
        tagged.*,
        lower(btrim(replace(replace(found_tag, chr(2), '"'), chr(1), chr(92)))) as clean_tag
    from tagged

),

final as (

    select
        rating_id,
        order_id,
        cast(clean_tag as varchar(512)) as rating_tag,
        merchant_name,
        rating,
        start_hour,
        start_weekday,
        is_clock_suspect,
        start_date,
        rated_at
    from cleaned
    where clean_tag not in ('', 'null')
    group by
        rating_id, order_id, clean_tag, merchant_name, rating, start_hour, start_weekday, is_clock_suspect, start_date, rated_at

)

select * from final
