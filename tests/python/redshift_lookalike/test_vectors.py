"""Functions give what the examples of Redshift's developer guide show."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from redshift_lookalike.conftest import Query, connect
from redshift_lookalike.lookalike import Lookalike

VALUES: list[tuple[str, Any]] = [
    # DATEADD
    ("dateadd(month, 18, '2008-02-28')", "2009-08-28 00:00:00"),
    ("dateadd(m, 30, '2008-02-28')", "2008-02-28 00:30:00"),
    ("dateadd(day, 30, date '2008-11-01')", "2008-12-01 00:00:00"),
    ("dateadd(hour, 8, time '13:24:55')", "21:24:55"),
    ("dateadd(hour, 12, time '13:24:55')", "01:24:55"),
    ("dateadd(month, 1, '2008-04-30')", "2008-05-30 00:00:00"),
    ("dateadd(month, 12, '2016-02-29')", "2017-02-28 00:00:00"),
    ("dateadd(year, 1, '2016-02-29')", "2017-03-01 00:00:00"),
    ("add_months('2008-04-30', 1)", "2008-05-31 00:00:00"),
    # DATEDIFF
    ("datediff(week, '2009-01-01', '2009-12-31')", 52),
    ("datediff(year, '2008-12-31', '2009-01-01')", 1),
    ("datediff(hour, '2009-01-01 8:30:00', '2009-01-01 10:00:00')", 2),
    ("datediff(hour, time '20:00:00', time '15:24:45')", -5),
    ("datediff(minute, time '20:00:00', time '21:00:00')", 60),
    # DATE_TRUNC, TRUNC, LAST_DAY, CONVERT_TIMEZONE, MONTHS_BETWEEN, CAST
    ("date_trunc('second', timestamp '20200430 04:05:06.789')", "2020-04-30 04:05:06"),
    ("date_trunc('minute', timestamp '20200430 04:05:06.789')", "2020-04-30 04:05:00"),
    ("date_trunc('quarter', timestamp '20200430 04:05:06.789')", "2020-04-01 00:00:00"),
    ("date_trunc('millennium', timestamp '20200430 04:05:06.789')", "2001-01-01 00:00:00"),
    ("date_trunc('week', timestamp '20220430 04:05:06.789')", "2022-04-25 00:00:00"),
    ("date_trunc('day', date '2020-04-30')", "2020-04-30 00:00:00"),
    ("trunc(timestamp '2011-07-21 10:32:38.248109')", "2011-07-21"),
    ("last_day(timestamp '2014-01-15 10:00:00')", "2014-01-31"),
    ("convert_timezone('PST', timestamp '2008-08-24 09:36:12')", "2008-08-24 01:36:12"),
    ("convert_timezone('US/Pacific', timestamp '2008-08-24 09:36:12')", "2008-08-24 02:36:12"),
    ("convert_timezone('EST', 'PST', '20080305 12:25:29')", "2008-03-05 09:25:29"),
    ("convert_timezone('America/New_York', '2013-02-01 08:00:00')", "2013-02-01 03:00:00"),
    ("convert_timezone('America/New_York', '2013-06-01 08:00:00')", "2013-06-01 04:00:00"),
    ("months_between('1969-01-18', '1969-03-18')", -2),
    ("months_between('2014-08-31', '2014-09-30')", -1),
    ("extract(minute from timestamp '2009-09-09 12:08:43')", 8),
    ("cast('2008-02-18 02:36:48' as date)", "2008-02-18"),
    # interval literals
    ("date '2008-12-31' + interval '1 second'", "2008-12-31 00:00:01"),
    ("date '2008-12-31' + interval '3 hours, 35 minutes'", "2008-12-31 03:35:00"),
    ("date '2008-12-31' + interval '52 weeks'", "2009-12-30 00:00:00"),
    ("date '2008-12-31' + interval '1w, 1h, 1m, 1s'", "2009-01-07 01:01:01"),
    ("date '2008-12-31' + interval '0.5 days'", "2008-12-31 12:00:00"),
    ("date '2023-02-15' - interval '4 months'", "2022-10-15 00:00:00"),
    ("date '2023-03-31' - interval '4 months'", "2022-11-30 00:00:00"),
    (
        "timestamp '2020-01-01' + interval '13 day 1 hour 1 minute 1.123 seconds' minute",
        "2020-01-14 01:01:00",
    ),
    # strings
    ("concat('December 25, ', '2008')", "December 25, 2008"),
    ("concat('a', cast(null as varchar(1)))", None),
    ("len('français')", 8),
    ("octet_length('français')", 9),
    ("len('cat   ')", 6),
    ("charindex('fish', 'dogfish')", 4),
    ("split_part('2008-03-05 12:25:29', '-', 2)", "03"),
    ("split_part('2008-03-05', '-', 9)", ""),
    ("regexp_replace('sed@lacusUtnec.ca', '@.*[.](org|gov|com|edu|ca)$')", "sed"),
    ("regexp_replace('the fox, a fox', 'fox', 'dog')", "the dog, a dog"),
    ("regexp_replace('the fox', 'FOX', 'quick brown fox', 1, 'i')", "the quick brown fox"),
    ("regexp_substr('sed@lacusUtnec.ca', '@[^.]*')", "@lacusUtnec"),
    ("regexp_substr('the fox', 'FOX', 1, 1, 'i')", "fox"),
    ("regexp_substr('the fox', 'dog')", ""),
    ("nvl(cast(null as varchar(1)), 'x')", "x"),
    ("nvl2(cast(null as integer), 'yes', 'no')", "no"),
    ("""json_extract_path_text('{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}', 'f4', 'f6')""", "star"),
    ("md5('Amazon Redshift')", "f7415e33f972c03abd4f3fed36748f7a"),
    ("cast('City of South San Francisco' as varchar(20))", "City of South San Fr"),
    ("cast('ééé' as varchar(5))", "éé"),
    # numbers
    ("cast(162.00 as integer)", 162),
    ("cast(109.652 as decimal(4, 1))", Decimal("109.7")),
    ("round(28.05)", Decimal(28)),
    ("round(cast(28.05 as double precision), 1)", 28.1),
    ("round(28.05, -1)", Decimal(30)),
    ("5 / 2", 2),
    ("mod(10, 4)", 2),
]

BY_BUYER = "listagg(dateid, '|') within group (order by sellerid desc, salesid asc)"

OF_WINSALES: list[tuple[str, list[list[Any]]]] = [
    ("listagg(sellerid) within group (order by dateid, sellerid) from winsales", [["31141242333"]]),
    (f"{BY_BUYER} from winsales where buyerid = 'b'",
     [["2003-08-02|2004-04-18|2004-04-18|2004-02-12"]]),
    ("buyerid, listagg(salesid, ',') within group (order by salesid) from winsales group by 1 order by 1",
     [["a", "10005,40001,40005"], ["b", "20001,30001,30003,30004"], ["c", "10001,10006,20002,30007"]]),
    ("listagg(case when qty > 20 then 'x' else '' end, ',') from winsales", [["x,x,x"]]),
    ("percentile_cont(0.5) within group (order by qty), median(qty) from winsales", [[20, 20]]),
    ("avg(qty), sum(qty), sum(cast(qty as bigint)), count(*) from winsales", [[19, 215, 215, 11]]),
    ("salesid, ratio_to_report(qty) over (partition by sellerid) from winsales where sellerid = 4 order by 1",
     [[40001, 0.8], [40005, 0.2]]),
    ("salesid, lag(qty, 1) over (order by salesid) from winsales where buyerid = 'b' order by 1",
     [[20001, None], [30001, 20], [30003, 10], [30004, 15]]),
]  # fmt: skip


@pytest.fixture(scope="module")
def winsales(lookalike: Lookalike) -> None:
    """The sample table of the guide's window functions."""
    with closing(connect(lookalike, user="postgres")) as connection:
        cursor = connection.cursor()
        cursor.execute("create schema sample")
        cursor.execute(
            "create table sample.winsales"
            " (salesid int, dateid date, sellerid int, buyerid varchar(10), qty int, qty_shipped int)"
        )
        cursor.execute(
            "insert into sample.winsales values"
            " (30001, '2003-08-02', 3, 'b', 10, 10), (10001, '2003-12-24', 1, 'c', 10, 10),"
            " (10005, '2003-12-24', 1, 'a', 30, null), (40001, '2004-01-09', 4, 'a', 40, null),"
            " (10006, '2004-01-18', 1, 'c', 10, null), (20001, '2004-02-12', 2, 'b', 20, 20),"
            " (40005, '2004-02-12', 4, 'a', 10, 10), (20002, '2004-02-16', 2, 'c', 20, 20),"
            " (30003, '2004-04-18', 3, 'b', 15, null), (30004, '2004-04-18', 3, 'b', 20, null),"
            " (30007, '2004-09-07', 3, 'c', 30, null)"
        )
        cursor.execute("grant usage on schema sample to transformer")
        cursor.execute("grant select on sample.winsales to transformer")


@pytest.mark.parametrize(("expression", "expected"), VALUES, ids=[expression for expression, _ in VALUES])
def test_a_function_gives_what_is_documented(query: Query, expression: str, expected: Any) -> None:
    [[value]] = query(f"select {expression} as value")
    if isinstance(expected, str):
        assert str(value) == expected
    else:
        assert value == expected


@pytest.mark.usefixtures("winsales")
@pytest.mark.parametrize(("rest", "expected"), OF_WINSALES, ids=[rest for rest, _ in OF_WINSALES])
def test_an_aggregate_gives_what_is_documented(query: Query, rest: str, expected: list[list[Any]]) -> None:
    rows = query(f"select {rest.replace('winsales', 'sample.winsales')}")
    assert [list(row) for row in rows] == expected
