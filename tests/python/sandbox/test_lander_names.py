"""Names and columns as Segment's warehouse connector makes them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.lander.flatten import MAX_DEPTH, Names, flatten
from sandbox.lander.naming import MAX_IDENTIFIER_LENGTH, identifier, snake_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Order Tracker Open", "order_tracker_open"),
        ("orderTrackerOpen", "order_tracker_open"),
        ("OrderTrackerOpen", "order_tracker_open"),
        ("order_tracker_open", "order_tracker_open"),
        ("order-tracker.open", "order_tracker_open"),
        ("ORDER TRACKER OPEN", "order_tracker_open"),
        ("  order   tracker Open  ", "order_tracker_open"),
        ("_order___tracker_open_", "order_tracker_open"),
        ("$#order%", "order"),
        ("merchantID", "merchant_id"),
        ("HTTPStatus", "httpstatus"),
        ("CStringRef", "cstring_ref"),
        ("Base64Encode", "base64_encode"),
        ("sample 2 Text", "sample_2_text"),
        ("sample2Text", "sample2_text"),
        ("2ndTry", "2nd_try"),
        ("FOO:BAR$BAZ", "foo_bar_baz"),
        ("•¶§ƒ˚foo˙∆˚¬", "foo"),
        ("größeÄndern", "gr_e_ndern"),
        ("日本", ""),
        ("", ""),
    ],
)
def test_names_become_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


@given(st.text(st.sampled_from("abAB01_ .-äÄ日")))
def test_snake_case_has_words_of_small_letters_and_digits_and_stays_as_it_is(name: str) -> None:
    snake = snake_case(name)
    assert set(snake) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert not snake.startswith("_")
    assert not snake.endswith("_")
    assert "__" not in snake
    assert snake_case(snake) == snake


@pytest.mark.parametrize(
    ("name", "expected"),
    [("order_id", "order_id"), ("101_account_update", "_101_account_update"), ("xmin", "_xmin")],
)
def test_identifiers_begin_as_postgresql_demands(name: str, expected: str) -> None:
    assert identifier(name) == expected


def test_long_identifiers_are_cut_where_postgresql_cuts() -> None:
    assert identifier("a" * 70) == "a" * MAX_IDENTIFIER_LENGTH
    assert identifier("1" + "a" * 70) == "_1" + "a" * (MAX_IDENTIFIER_LENGTH - 2)


def flat(fields: dict[str, Any], names: Names | None = None) -> dict[str, object]:
    into: dict[str, object] = {}
    flatten(fields, Names() if names is None else names, into)
    return into


def test_nested_objects_become_columns() -> None:
    assert flat({"product_id": {"sku": "G-32"}, "address": {"street": "6th Street"}}) == {
        "product_id_sku": "G-32",
        "address_street": "6th Street",
    }
    assert flat({"app": {"version": "1.0.0", "isBeta": False}}, Names("context_")) == {
        "context_app_version": "1.0.0",
        "context_app_is_beta": False,
    }


def test_arrays_become_json_text() -> None:
    assert flat({"product": {"productId": ["507f1", "505bd"]}, "empty": []}) == {
        "product_product_id": '["507f1","505bd"]',
        "empty": "[]",
    }
    assert flat({"items": [{"sku": "ä", "n": None}]}) == {"items": '[{"sku":"ä","n":null}]'}


def test_nulls_and_empty_objects_make_no_column() -> None:
    assert flat({"a": None, "b": {}, "c": {"d": None}, "e": ""}) == {"e": ""}


def test_what_is_nested_too_deep_becomes_json_text() -> None:
    deep: Any = {"leaf": 1}
    for _ in range(MAX_DEPTH):
        deep = {"level": deep}
    assert flat(deep) == {"_".join(["level"] * MAX_DEPTH): '{"leaf":1}'}


def test_of_two_fields_for_one_column_the_later_wins_and_other_values_are_counted() -> None:
    assert flat({"orderId": "a", "order_id": "b"}) == {"order_id": "b", "+order_id": 1}
    assert flat({"orderId": "b", "order_id": "b"}) == {"order_id": "b"}
    assert flat({"order_id": "b", "orderId": None}) == {"order_id": "b"}
    assert flat({"a": {"b": 1}, "aB": 2, "a_b": True}) == {"a_b": True, "+a_b": 2}


def test_reserved_and_nameless_fields_are_marked() -> None:
    names = Names(reserved=frozenset({"user_id"}), reserved_prefix="context_")
    fields = {"userId": 1, "context": {"ip": 2}, "日本": 3, "語": {"a": 4}, "user": {"id": 5, "x": 6}}
    assert flat(fields, names) == {
        "-userId": 1,
        "-context_ip": 2,
        "-日本": 3,
        "-語": '{"a":4}',
        "-user_id": 5,
        "user_x": 6,
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.text("aB_1", max_size=3), inner, max_size=3)
        ),
    ).filter(lambda value: isinstance(value, dict))
)
def test_only_scalars_that_are_not_null_remain(fields: dict[str, Any]) -> None:
    for value in flat(fields).values():
        assert isinstance(value, (str, int))
    json.dumps(flat(fields))
