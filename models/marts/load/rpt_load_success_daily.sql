with

attempts as (

    select
        *,
        outcome != 'pending' as is_decided,
        outcome = 'loaded' as is_loaded
    from {{ ref('fct_load_attempts') }}
    where {{ is_possible_date('start_date') }}

),

counts as (

    select
        start_date,
        merchant_name,
        count(*) as attempt_count,
        sum(case when is_decided then 0 else 1 end) as pending_count,
        sum(case when is_decided then 1 else 0 end) as decided_count,
        sum(case when is_loaded then 1 else 0 end) as loaded_count,
        sum(case when outcome = 'failed' then 1 else 0 end) as failed_count,
        sum(case when outcome = 'failed_inferred' then 1 else 0 end) as failed_inferred_count,
        sum(case when outcome = 'no_result' then 1 else 0 end) as no_result_count,
        sum(case when is_first_try and is_decided then 1 else 0 end) as first_try_count,
        sum(case when is_first_try and is_loaded then 1 else 0 end) as first_try_loaded_count,
        sum(case when not is_first_try and is_decided then 1 else 0 end) as retry_count,
        sum(case when not is_first_try and is_loaded then 1 else 0 end) as retry_loaded_count,
        sum(case when lid_error_count > 0 and is_decided then 1 else 0 end) as had_lid_error_count,
        sum(case when is_lid_error_recovered then 1 else 0 end) as lid_error_recovered_count
    from attempts
    group by start_date, merchant_name

),

final as (

    select
        start_date,
        merchant_name,
        cast(attempt_count as bigint) as attempt_count,
        cast(pending_count as bigint) as pending_count,
        cast(decided_count as bigint) as decided_count,
        cast(loaded_count as bigint) as loaded_count,
        cast(failed_count as bigint) as failed_count,
        cast(failed_inferred_count as bigint) as failed_inferred_count,
        cast(no_result_count as bigint) as no_result_count,
        cast(first_try_count as bigint) as first_try_count,
        cast(first_try_loaded_count as bigint) as first_try_loaded_count,
        cast(retry_count as bigint) as retry_count,
        cast(retry_loaded_count as bigint) as retry_loaded_count,
        cast(had_lid_error_count as bigint) as had_lid_error_count,
        cast(lid_error_recovered_count as bigint) as lid_error_recovered_count,
        cast(loaded_count as double precision) / nullif(decided_count, 0) as success_rate,
        cast(first_try_loaded_count as double precision) / nullif(first_try_count, 0) as first_try_success_rate,
        cast(retry_loaded_count as double precision) / nullif(retry_count, 0) as retry_success_rate,
        cast(had_lid_error_count as double precision) / nullif(decided_count, 0) as lid_error_rate
    from counts

)

select * from final
