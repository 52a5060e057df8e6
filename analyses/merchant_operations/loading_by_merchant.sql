with

merchants as (

    select
        merchant_name,
        cast(count(*) as double precision) as first_try_count,
        cast(sum(case when outcome = 'loaded' then 1 else 0 end) as double precision) as first_try_loaded_count
    from {{ ref('fct_load_attempts') }}
    where
        is_first_try
        and outcome != 'pending'
    group by merchant_name
    having count(*) >= 20

),

rates as (

    select
        merchant_name,
        first_try_count,
        first_try_loaded_count,
        first_try_loaded_count / first_try_count as first_try_rate,
        -- The Wilson interval: nineteen of twenty such intervals have the true rate, also of few orders and near 100 %.
        (first_try_loaded_count + 1.92) / (first_try_count + 3.84) as centre,
        1.96 * sqrt(first_try_loaded_count * (first_try_count - first_try_loaded_count) / first_try_count + 0.96)
        / (first_try_count + 3.84) as half_width
    from merchants

)

select
    merchant_name,
    cast(first_try_count as bigint) as first_try_count,
    cast(first_try_loaded_count as bigint) as first_try_loaded_count,
    first_try_rate,
    centre - half_width as low_rate,
    centre + half_width as high_rate
from rates
order by first_try_rate asc, merchant_name asc
