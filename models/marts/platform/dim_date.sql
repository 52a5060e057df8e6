with

-- from tables, because fct_events would scan all streams in each query
starts as (

    {% for fact in [
        'fct_orders', 'fct_tracker_sessions', 'fct_troubleshooting_sessions', 'fct_unlock_attempts', 'fct_load_attempts',
        'fct_banner_impressions',
    ] %}
    select start_date
    from {{ ref(fact) }}
    where not is_clock_suspect
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

first_dates as (

    select min(start_date) as first_date
    from starts
    where {{ is_possible_date('start_date') }}

),

horizons as (

    select
        {{ local_date(data_horizon(), var('reporting_time_zone')) }} as horizon_date,
        -- reports have dates until a day after the newest receipt
        cast({{ timestamp_add('day', 1, local_time('max(received_through)', var('reporting_time_zone'))) }} as date) as last_date
    from {{ ref('int_data_horizon') }}

),

digits as (

    {% for digit in range(10) %}
    select cast({{ digit }} as integer) as digit
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- counted back from the last day: at most 10,000 days
days_back as (

    select cast(row_number() over (order by ones.digit) - 1 as integer) as day_count
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands

),

days as (

    select
        cast({{ timestamp_add('day', '-days_back.day_count', 'cast(horizons.last_date as timestamp)') }} as date) as date_day
    from days_back
    cross join horizons

),

-- the dates that reports may have, so that a join of a report loses no row
bounded as (

    select
        days.date_day,
        days.date_day >= first_dates.first_date and days.date_day < horizons.horizon_date as is_fully_loaded
    from days
    cross join first_dates
    cross join horizons
    where {{ is_possible_date('days.date_day') }}

),

described as (

    select
        date_day,
        is_fully_loaded,
        cast(date_day as timestamp) as midnight,
        1 + mod(cast(extract(dow from date_day) as integer) + 6, 7) as day_of_week
    from bounded

),

final as (

    select
        cast(case day_of_week
            {% for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
            when {{ loop.index }} then '{{ name }}'
            {% endfor %}
        end as varchar(16)) as day_name,
        cast(extract(year from midnight) as bigint) as year_number,
        cast(extract(month from midnight) as bigint) as month_number,
        cast(extract(week from midnight) as bigint) as iso_week_number,
        cast(day_of_week as bigint) as day_of_week,
        day_of_week > 5 as is_weekend,
        coalesce(is_fully_loaded, false) as is_fully_loaded,
        date_day,
        cast(date_trunc('week', midnight) as date) as week_start_date,
        cast(date_trunc('month', midnight) as date) as month_start_date,
        cast(date_trunc('quarter', midnight) as date) as quarter_start_date
    from described

)

select * from final
