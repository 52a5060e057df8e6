"""More queries of metrics: orders, pilots, customers, banners, the platform."""

from __future__ import annotations

from metrics.cases import Case

MORE_CASES = (
    # ---------- orders
    Case(
        ("orders", "order_unlock_success_rate", "unlock_attempts_per_order"),
        """
        select
            date_trunc('week', cast(start_date as timestamp)) as metric_time__week,
            count(*) as orders,
            avg(
                case when unlock_outcome like 'opened%' then 1.0 when unlock_outcome != 'pending' then 0.0 end
            ) as order_unlock_success_rate,
            avg(case when unlock_outcome != 'pending' then cast(unlock_attempt_count as double precision) end)
                as unlock_attempts_per_order
        from analytics_marts.fct_orders
        group by date_trunc('week', cast(start_date as timestamp))
        """,
        ("metric_time__week",),
    ),
    Case(
        ("order_reassignment_rate", "order_cancellation_rate", "order_trouble_rate", "order_escalation_rate"),
        """
        select
            avg(case when is_reassigned then 1.0 else 0.0 end) as order_reassignment_rate,
            avg(case when is_trip_cancelled then 1.0 else 0.0 end) as order_cancellation_rate,
            avg(case when troubleshooting_session_count > 0 then 1.0 else 0.0 end) as order_trouble_rate,
            avg(case when escalation_count > 0 then 1.0 else 0.0 end) as order_escalation_rate
        from analytics_marts.fct_orders
        """,
    ),
    Case(
        ("rating_response_rate",),
        """
        select
            troubleshooting_session_count > 0 as order_id__has_troubleshooting,
            avg(case when rating is not null then 1.0 else 0.0 end) as rating_response_rate
        from analytics_marts.fct_orders
        where unlock_outcome in ('opened', 'opened_unverified')
        group by troubleshooting_session_count > 0
        """,
        ("order_id__has_troubleshooting",),
    ),
    Case(
        ("mean_rating",),
        """
        select orders.is_reassigned as order_id__is_reassigned, avg(cast(ratings.rating as double precision))
            as mean_rating
        from analytics_marts.fct_ratings as ratings
        left join analytics_marts.fct_orders as orders on ratings.order_id = orders.order_id
        group by orders.is_reassigned
        """,
        ("order_id__is_reassigned",),
    ),
    # ---------- pilots
    Case(
        (
            "troubleshooting_sessions",
            "session_recovery_rate",
            "session_escalation_rate",
            "session_field_op_rate",
        ),
        """
        select
            date_trunc('week', cast(start_date as timestamp)) as metric_time__week,
            count(*) as troubleshooting_sessions,
            avg(case outcome when 'recovered' then 1.0 when 'pending' then null else 0.0 end)
                as session_recovery_rate,
            avg(case when outcome != 'pending' then case when escalation_count > 0 then 1.0 else 0.0 end end)
                as session_escalation_rate,
            avg(case outcome when 'field_op' then 1.0 when 'pending' then null else 0.0 end)
                as session_field_op_rate
        from analytics_marts.fct_troubleshooting_sessions
        group by date_trunc('week', cast(start_date as timestamp))
        """,
        ("metric_time__week",),
    ),
    Case(
        ("session_seconds_to_recovery_p50", "session_seconds_to_recovery_p90"),
        """
        select
            problem_category as troubleshooting_session__problem_category,
            percentile_cont(0.5) within group (
                order by case when outcome = 'recovered' then seconds_to_recovery end
            ) as session_seconds_to_recovery_p50,
            percentile_cont(0.9) within group (
                order by case when outcome = 'recovered' then seconds_to_recovery end
            ) as session_seconds_to_recovery_p90
        from analytics_marts.fct_troubleshooting_sessions
        group by problem_category
        """,
        ("troubleshooting_session__problem_category",),
    ),
    Case(
        ("recovery_actions", "action_recovery_rate", "action_failure_rate"),
        """
        select
            action as recovery_action__action,
            count(*) as recovery_actions,
            avg(case outcome when 'recovered' then 1.0 when 'pending' then null else 0.0 end)
                as action_recovery_rate,
            avg(case outcome when 'failed' then 1.0 when 'pending' then null else 0.0 end)
                as action_failure_rate
        from analytics_marts.fct_recovery_actions
        group by action
        """,
        ("recovery_action__action",),
    ),
    Case(
        ("recovery_actions", "action_seconds_to_recovery_p50"),
        """
        select
            pilot_id,
            count(*) as recovery_actions,
            percentile_cont(0.5) within group (
                order by case when outcome = 'recovered' then seconds_to_recovery end
            ) as action_seconds_to_recovery_p50
        from analytics_marts.fct_recovery_actions
        group by pilot_id
        """,
        ("pilot_id",),
    ),
    Case(
        ("pilot_reports",),
        """
        select report_type as report__report_type, count(*) as pilot_reports
        from analytics_marts.fct_pilot_reports
        group by report_type
        """,
        ("report__report_type",),
    ),
    Case(
        ("reassignments", "reassignment_submission_rate", "reassignment_seconds_to_submit_p50"),
        """
        select
            count(*) as reassignments,
            avg(case outcome when 'submitted' then 1.0 when 'not_submitted' then 0.0 end)
                as reassignment_submission_rate,
            percentile_cont(0.5) within group (order by seconds_to_submit)
                as reassignment_seconds_to_submit_p50
        from analytics_marts.fct_reassignments
        """,
    ),
    Case(
        ("missed_acknowledgments", "missed_acknowledgments_per_pilot_day"),
        """
        select
            pilot_id,
            sum(missed_acknowledgment_count) as missed_acknowledgments,
            avg(cast(missed_acknowledgment_count as double precision)) as missed_acknowledgments_per_pilot_day
        from analytics_marts.fct_pilot_days
        group by pilot_id
        """,
        ("pilot_id",),
    ),
    Case(
        ("node_initialization_rate",),
        """
        select
            cast(start_date as timestamp) as metric_time__day,
            avg(case outcome when 'initialized' then 1.0 when 'not_initialized' then 0.0 end)
                as node_initialization_rate
        from analytics_marts.fct_node_launches
        group by start_date
        """,
        ("metric_time__day",),
    ),
    # ---------- customers
    Case(
        ("support_contact_rate",),
        """
        select cast(start_date as timestamp) as metric_time__day,
            avg(case when opened_at is not null then case when has_support_contact then 1.0 else 0.0 end end)
                as support_contact_rate
        from analytics_marts.fct_tracked_orders
        group by start_date
        """,
        ("metric_time__day",),
    ),
    Case(
        ("tracked_orders", "support_contact_rate", "seconds_to_contact_p50"),
        """
        select
            merchant_name,
            device_class as tracked_order__device_class,
            start_weekday as tracked_order__start_weekday,
            count(opened_at) as tracked_orders,
            avg(case when opened_at is not null then case when has_support_contact then 1.0 else 0.0 end end)
                as support_contact_rate,
            percentile_cont(0.5) within group (order by seconds_to_contact) as seconds_to_contact_p50
        from analytics_marts.fct_tracked_orders
        group by merchant_name, device_class, start_weekday
        """,
        ("merchant_name", "tracked_order__device_class", "tracked_order__start_weekday"),
    ),
    Case(
        ("support_contact_rate",),
        """
        select orders.robot_id as order_id__robot_id,
            avg(case when tracked.contacted_at is not null then 1.0 else 0.0 end) as support_contact_rate
        from analytics_marts.fct_tracked_orders as tracked
        left join analytics_marts.fct_orders as orders on tracked.order_id = orders.order_id
        where tracked.opened_at is not null
        group by orders.robot_id
        """,
        ("order_id__robot_id",),
    ),
    Case(
        ("tracker_sessions", "session_support_contact_rate", "session_error_rate"),
        """
        select
            device_class as tracker_session__device_class,
            count(*) as tracker_sessions,
            avg(case when support_click_count > 0 then 1.0 else 0.0 end) as session_support_contact_rate,
            avg(case when error_count > 0 then 1.0 else 0.0 end) as session_error_rate
        from analytics_marts.fct_tracker_sessions
        group by device_class
        """,
        ("tracker_session__device_class",),
    ),
    Case(
        ("ratings", "mean_rating", "five_star_rate", "low_rating_rate"),
        """
        select
            date_trunc('week', cast(start_date as timestamp)) as metric_time__week,
            count(rating) as ratings,
            avg(cast(rating as double precision)) as mean_rating,
            avg(case when rating = 5 then 1.0 when rating is not null then 0.0 end) as five_star_rate,
            avg(case when rating <= 2 then 1.0 when rating is not null then 0.0 end) as low_rating_rate
        from analytics_marts.fct_ratings
        group by date_trunc('week', cast(start_date as timestamp))
        """,
        ("metric_time__week",),
    ),
    Case(
        ("banner_impressions", "banner_click_through_rate", "banner_dismissal_rate"),
        """
        select
            position as banner_impression__banner_position,
            count(case when view_count > 0 then 1 end) as banner_impressions,
            avg(case when view_count > 0 then case when click_count > 0 then 1.0 else 0.0 end end)
                as banner_click_through_rate,
            avg(case when view_count > 0 then case when dismiss_count > 0 then 1.0 else 0.0 end end)
                as banner_dismissal_rate
        from analytics_marts.fct_banner_impressions
        group by position
        """,
        ("banner_impression__banner_position",),
    ),
    # ---------- the platform
    Case(
        ("errors_per_thousand_orders",),
        """
        select
            coalesce(errors.week, orders.week) as metric_time__week,
            1000.0 * errors.number / orders.number as errors_per_thousand_orders
        from (
            select date_trunc('week', cast(start_date as timestamp)) as week, sum(error_count) as number
            from analytics_marts.rpt_errors_hourly
            group by date_trunc('week', cast(start_date as timestamp))
        ) as errors
        full outer join (
            select date_trunc('week', cast(start_date as timestamp)) as week, count(*) as number
            from analytics_marts.fct_orders
            group by date_trunc('week', cast(start_date as timestamp))
        ) as orders on errors.week = orders.week
        """,
        ("metric_time__week",),
    ),
    Case(
        ("tracker_errors", "orders_with_tracker_error"),
        """
        select
            start_hour as event__start_hour,
            coalesce(device_class, 'unknown') as event__device_class,
            coalesce(merchant_name, 'unknown') as merchant_name,
            count(*) as tracker_errors,
            count(distinct order_id) as orders_with_tracker_error
        from analytics_marts.fct_events
        where family = 'error' or event_name = 'order_tracker_optout_error'
        group by start_hour, coalesce(device_class, 'unknown'), coalesce(merchant_name, 'unknown')
        """,
        ("event__start_hour", "event__device_class", "merchant_name"),
    ),
    Case(
        ("events",),
        """
        select pilot_id, event_name as event__event_name, count(*) as events
        from analytics_marts.fct_events
        group by pilot_id, event_name
        """,
        ("pilot_id", "event__event_name"),
    ),
    Case(
        ("banner_click_through_rate",),
        """
        select
            impressions.merchant_name as banner_impression__promoted_merchant_name,
            orders.merchant_name as order_id__order_merchant_name,
            avg(case when view_count > 0 then case when click_count > 0 then 1.0 else 0.0 end end)
                as banner_click_through_rate
        from analytics_marts.fct_banner_impressions as impressions
        left join analytics_marts.fct_orders as orders on impressions.order_id = orders.order_id
        group by impressions.merchant_name, orders.merchant_name
        """,
        ("banner_impression__promoted_merchant_name", "order_id__order_merchant_name"),
    ),
    Case(
        ("raw_rows", "duplicate_rate", "clock_suspect_rate", "unmatched_rate", "greatest_seconds_late"),
        """
        select
            cast(loaded_date as timestamp) as metric_time__day,
            sum(row_count) as raw_rows,
            cast(sum(duplicate_count) as double precision) / sum(row_count) as duplicate_rate,
            cast(sum(clock_suspect_count) as double precision) / sum(row_count) as clock_suspect_rate,
            cast(sum(unmatched_count) as double precision) / nullif(sum(event_count), 0) as unmatched_rate,
            max(max_seconds_late) as greatest_seconds_late
        from analytics_marts.rpt_event_quality_daily
        group by loaded_date
        """,
        ("metric_time__day",),
    ),
    Case(
        ("refused_values_per_thousand_rows",),
        """
        select
            family as event_quality__family,
            1000.0 * sum(refused_value_count) / sum(row_count) as refused_values_per_thousand_rows
        from analytics_marts.rpt_event_quality_daily
        group by family
        """,
        ("event_quality__family",),
    ),
)
