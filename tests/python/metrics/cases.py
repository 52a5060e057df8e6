"""Queries of metrics with the SQL over the marts that must give the same rows, written by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A query of metrics.

    sql: over the marts, whose columns are named as those of the query.
    """

    metrics: tuple[str, ...]
    sql: str
    group_by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the query asks for, in one line."""
        return f"{', '.join(self.metrics)} by {', '.join(self.group_by) or 'nothing'}"


CASES = (
    # ---------- unlocking
    Case(
        ("unlock_attempts", "decided_unlock_attempts", "unlock_success_rate"),
        """
        select
            count(*) as unlock_attempts,
            count(case when outcome != 'pending' then 1 end) as decided_unlock_attempts,
            avg(case when outcome like 'opened%' then 1.0 when outcome <> 'pending' then 0.0 end)
                as unlock_success_rate
        from analytics_marts.fct_unlock_attempts
        """,
    ),
    Case(
        ("unlock_success_rate",),
        """
        select
            cast(start_date as timestamp) as metric_time__day,
            origin as unlock_attempt__origin,
            avg(case when outcome in ('opened', 'opened_unverified') then 1.0 else 0.0 end)
                as unlock_success_rate
        from analytics_marts.fct_unlock_attempts
        where outcome != 'pending'
        group by start_date, origin
        """,
        ("metric_time__day", "unlock_attempt__origin"),
    ),
    Case(
        ("unlock_attempts",),
        """
        select
            cast(start_date as timestamp) as metric_time__day,
            start_hour as unlock_attempt__start_hour,
            count(*) as unlock_attempts
        from analytics_marts.fct_unlock_attempts
        where start_date > date '2026-09-02' and origin = 'customer'
        group by start_date, start_hour
        """,
        ("metric_time__day", "unlock_attempt__start_hour"),
        (
            "{{ TimeDimension('metric_time', 'day') }} > '2026-09-02'",
            "{{ Dimension('unlock_attempt__origin') }} = 'customer'",
        ),
    ),
    Case(
        ("unlock_attempts", "unlock_failure_rate"),
        """
        select
            start_weekday as unlock_attempt__start_weekday,
            start_hour as unlock_attempt__start_hour,
            count(*) as unlock_attempts,
            avg(case outcome when 'failed' then 1.0 when 'pending' then null else 0.0 end)
                as unlock_failure_rate
        from analytics_marts.fct_unlock_attempts
        group by start_weekday, start_hour
        """,
        ("unlock_attempt__start_weekday", "unlock_attempt__start_hour"),
    ),
    Case(
        ("unlock_first_try_success_rate",),
        """
        select
            date_trunc('month', cast(start_date as timestamp)) as metric_time__month,
            avg(case when outcome in ('opened', 'opened_unverified') then 1.0 else 0.0 end)
                as unlock_first_try_success_rate
        from analytics_marts.fct_unlock_attempts
        where outcome != 'pending' and attempt_number = 1
        group by date_trunc('month', cast(start_date as timestamp))
        """,
        ("metric_time__month",),
    ),
    Case(
        ("unlock_seconds_to_open_p50", "unlock_seconds_to_open_p90"),
        """
        select
            origin as unlock_attempt__origin,
            percentile_cont(0.5) within group (order by seconds_to_open) as unlock_seconds_to_open_p50,
            percentile_cont(0.9) within group (order by seconds_to_open) as unlock_seconds_to_open_p90
        from analytics_marts.fct_unlock_attempts
        where outcome != 'pending'
        group by origin
        """,
        ("unlock_attempt__origin",),
    ),
    Case(
        ("unlock_agreement_rate", "false_unlock_success_rate"),
        """
        select
            avg(case when agreement = 'agree' then 1.0 else 0.0 end) as unlock_agreement_rate,
            avg(case when customer_outcome = 'success' and server_outcome = 'fail' then 1.0 else 0.0 end)
                as false_unlock_success_rate
        from analytics_marts.fct_unlock_attempts
        where customer_outcome is not null and server_outcome is not null
        """,
    ),
    Case(
        (
            "clicked_unlock_attempts",
            "confirmed_unlock_attempts",
            "requested_unlock_attempts",
            "completed_unlock_attempts",
        ),
        """
        select
            sum(clicked_count) as clicked_unlock_attempts,
            sum(confirmed_count) as confirmed_unlock_attempts,
            sum(succeeded_count) as requested_unlock_attempts,
            sum(opened_count) as completed_unlock_attempts
        from analytics_marts.rpt_unlock_funnel_daily
        """,
    ),
    Case(
        ("unlock_attempts", "load_attempts"),
        """
        select
            coalesce(unlocks.robot_id, loads.robot_id) as robot_id,
            unlocks.attempts as unlock_attempts,
            loads.attempts as load_attempts
        from (
            select robot_id, count(*) as attempts from analytics_marts.fct_unlock_attempts group by robot_id
        ) as unlocks
        full outer join (
            select robot_id, count(*) as attempts from analytics_marts.fct_load_attempts group by robot_id
        ) as loads on unlocks.robot_id = loads.robot_id
        """,
        ("robot_id",),
    ),
    Case(
        ("unlock_success_rate",),
        """
        select
            device_class as unlock_attempt__device_class,
            avg(case when outcome in ('opened', 'opened_unverified') then 1.0 else 0.0 end)
                as unlock_success_rate
        from analytics_marts.fct_unlock_attempts
        where outcome != 'pending'
        group by device_class
        """,
        ("unlock_attempt__device_class",),
    ),
    Case(
        ("unlock_attempts",),
        """
        select requested_by as unlock_attempt__requested_by, count(*) as unlock_attempts
        from analytics_marts.fct_unlock_attempts
        group by requested_by
        """,
        ("unlock_attempt__requested_by",),
    ),
    Case(
        ("unlock_success_rate",),
        """
        select
            merchant_name,
            avg(case when outcome in ('opened', 'opened_unverified') then 1.0 else 0.0 end)
                as unlock_success_rate
        from analytics_marts.fct_unlock_attempts
        where outcome != 'pending'
        group by merchant_name
        """,
        ("merchant_name",),
    ),
    Case(
        ("unlock_success_rate_change",),
        """
        with weeks as (
            select
                date_trunc('week', cast(start_date as timestamp)) as week,
                avg(case when outcome in ('opened', 'opened_unverified') then 1.0 else 0.0 end) as rate
            from analytics_marts.fct_unlock_attempts
            where outcome != 'pending'
            group by date_trunc('week', cast(start_date as timestamp))
        )
        select weeks.week as metric_time__week, weeks.rate - before.rate as unlock_success_rate_change
        from weeks
        left join weeks as before on before.week = weeks.week - interval '7 days'
        """,
        ("metric_time__week",),
    ),
    # ---------- loading
    Case(
        ("load_success_rate", "load_first_try_success_rate", "lid_error_rate"),
        """
        select
            merchant_name,
            avg(case when outcome = 'loaded' then 1.0 else 0.0 end) as load_success_rate,
            avg(case when attempt_number = 1 then case when outcome = 'loaded' then 1.0 else 0.0 end end)
                as load_first_try_success_rate,
            avg(case when lid_error_count > 0 then 1.0 else 0.0 end) as lid_error_rate
        from analytics_marts.fct_load_attempts
        where outcome != 'pending'
        group by merchant_name
        """,
        ("merchant_name",),
    ),
    Case(
        ("lid_errors", "lid_error_recovery_rate", "lid_failure_rate"),
        """
        select
            cast(start_date as timestamp) as metric_time__day,
            sum(lid_error_count) as lid_errors,
            avg(
                case
                    when lid_error_count > 0 and outcome != 'pending'
                        then case when is_lid_error_recovered then 1.0 else 0.0 end
                end
            ) as lid_error_recovery_rate,
            avg(case when outcome != 'pending' then case when failure_cause = 'lid' then 1.0 else 0.0 end end)
                as lid_failure_rate
        from analytics_marts.fct_load_attempts
        group by start_date
        """,
        ("metric_time__day",),
    ),
    Case(
        ("load_seconds_to_outcome_p50", "load_seconds_to_outcome_p90"),
        """
        select
            start_weekday as load_attempt__start_weekday,
            percentile_cont(0.5) within group (order by seconds_to_outcome) as load_seconds_to_outcome_p50,
            percentile_cont(0.9) within group (order by seconds_to_outcome) as load_seconds_to_outcome_p90
        from analytics_marts.fct_load_attempts
        group by start_weekday
        """,
        ("load_attempt__start_weekday",),
    ),
    # ---------- steps, cancellations, days of robots, tags
    Case(
        ("troubleshooting_steps", "answered_steps", "decided_answered_steps", "escalated_answered_steps"),
        """
        select
            cast(start_date as timestamp) as metric_time__day,
            count(*) as troubleshooting_steps,
            count(step_answer) as answered_steps,
            count(case when session_outcome != 'pending' then step_answer end) as decided_answered_steps,
            count(case when session_outcome != 'pending' and escalated_at >= occurred_at then step_answer end)
                as escalated_answered_steps
        from analytics_marts.fct_troubleshooting_steps
        group by start_date
        """,
        ("metric_time__day",),
    ),
    Case(
        ("answer_escalation_rate", "answer_seconds_to_escalation_p50"),
        """
        select
            step_name as troubleshooting_step__step_name,
            step_answer as troubleshooting_step__step_answer,
            avg(case when escalated_at is not null then 1.0 else 0.0 end) as answer_escalation_rate,
            percentile_cont(0.5) within group (order by seconds_to_escalation)
                as answer_seconds_to_escalation_p50
        from analytics_marts.fct_troubleshooting_steps
        where session_outcome != 'pending' and step_answer is not null
        group by step_name, step_answer
        """,
        ("troubleshooting_step__step_name", "troubleshooting_step__step_answer"),
        ("{{ Dimension('troubleshooting_step__step_answer') }} is not null",),
    ),
    Case(
        ("answer_escalation_rate",),
        """
        select
            sessions.highest_action as troubleshooting_session__highest_action,
            avg(case when steps.escalated_at is not null then 1.0 else 0.0 end) as answer_escalation_rate
        from analytics_marts.fct_troubleshooting_steps as steps
        inner join analytics_marts.fct_troubleshooting_sessions as sessions
            on steps.troubleshooting_session_id = sessions.troubleshooting_session_id
        where sessions.outcome != 'pending' and steps.step_answer is not null and steps.is_last_step
        group by sessions.highest_action
        """,
        ("troubleshooting_session__highest_action",),
        ("{{ Dimension('troubleshooting_step__is_last_step') }}",),
    ),
    Case(
        (
            "trip_cancellations",
            "cancelled_trips",
            "cancellation_refusal_rate",
            "blocked_then_cancelled_trips",
        ),
        """
        select
            date_trunc('week', cast(start_date as timestamp)) as metric_time__week,
            count(*) as trip_cancellations,
            count(case outcome when 'cancelled' then 1 end) as cancelled_trips,
            avg(case outcome when 'blocked' then 1.0 else 0.0 end) as cancellation_refusal_rate,
            count(cancelled_after_block_at) as blocked_then_cancelled_trips
        from analytics_marts.fct_trip_cancellations
        group by date_trunc('week', cast(start_date as timestamp))
        """,
        ("metric_time__week",),
    ),
    Case(
        ("robot_days", "robot_sessions_per_day", "robot_escalations"),
        """
        select
            robot_id,
            count(*) as robot_days,
            avg(cast(troubleshooting_session_count as double precision)) as robot_sessions_per_day,
            sum(escalation_count) as robot_escalations
        from analytics_marts.fct_robot_days
        group by robot_id
        """,
        ("robot_id",),
    ),
    Case(
        ("tagged_ratings", "mean_rating_of_tags"),
        """
        select
            rating_tag as chosen_tag__rating_tag,
            count(*) as tagged_ratings,
            avg(cast(rating as double precision)) as mean_rating_of_tags
        from analytics_marts.fct_rating_tags
        group by rating_tag
        """,
        ("chosen_tag__rating_tag",),
    ),
    Case(
        ("tracker_session_events", "tracker_sessions_with_events"),
        """
        select
            sessions.device_class as tracker_session__device_class,
            events.event_kind as tracker_session_event__event_kind,
            count(*) as tracker_session_events,
            count(distinct events.tracker_session_id) as tracker_sessions_with_events
        from analytics_marts.fct_tracker_session_events as events
        inner join analytics_marts.fct_tracker_sessions as sessions
            on events.tracker_session_id = sessions.tracker_session_id
        group by sessions.device_class, events.event_kind
        """,
        ("tracker_session__device_class", "tracker_session_event__event_kind"),
    ),
)
