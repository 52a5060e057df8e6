"""Names that Redshift's developer guide gives: functions, reserved words, system schemas."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SYSTEM_SCHEMAS = ("information_schema", "pg_catalog", "pg_internal")
SYSTEM_PREFIXES = ("pg_", "svv_", "svl_", "svcs_", "stv_", "stl_", "sys_")

FUNCTIONS = words(
    """
    abs acos add_months any_value approximate ascii asin atan atan2 avg bit_and bit_or bool_and bool_or btrim
    can_json_parse cbrt ceil ceiling char_length character_length charindex checksum chr coalesce collate
    concat convert convert_timezone cos cot count crc32 cume_dist current_aws_account current_database
    current_namespace current_schema current_schemas current_setting current_user current_user_id date
    date_cmp date_cmp_timestamp date_cmp_timestamptz date_part date_part_year date_trunc dateadd datediff
    decode degrees dense_rank dexp difference dlog1 dlog10 exp extract farmfingerprint64 first_value floor
    fnv_hash from_hex from_varbyte func_sha1 getdate greatest has_database_privilege has_schema_privilege
    has_table_privilege hll hll_cardinality hll_combine hll_combine_sketches hll_create_sketch initcap
    interval_cmp is_array is_bigint is_boolean is_char is_decimal is_float is_integer is_object is_scalar
    is_smallint is_valid_json is_valid_json_array is_varchar json_array_length
    json_extract_array_element_text json_extract_path_text json_parse json_serialize json_size json_typeof
    lag last_day last_value lead least left len length listagg ln log lower lpad ltrim max md5 median min mod
    months_between next_day nth_value ntile nullif nvl nvl2 object object_transform octet_length octetindex
    percent_rank percentile_cont percentile_disc pg_backend_pid pg_cancel_backend pg_get_cols
    pg_get_late_binding_view_cols pg_last_copy_count pg_last_copy_id pg_last_query_id pg_last_unload_count
    pg_terminate_backend pi position power quote_ident quote_literal radians random rank ratio_to_report
    regexp_count regexp_instr regexp_replace regexp_substr repeat replace replicate reverse right round
    row_number rpad rtrim session_user set_config sha sha1 sha2 sign sin slice_num soundex split_part
    split_to_array sqrt stddev stddev_pop stddev_samp strpos strtol substr substring sum sysdate tan
    text_to_int_alt text_to_numeric_alt textlen timeofday timestamp_cmp timestamp_cmp_date
    timestamp_cmp_timestamptz timestamptz_cmp timestamptz_cmp_date timestamptz_cmp_timestamp timezone to_char
    to_date to_hex to_number to_timestamp to_varbyte translate trim trunc upper var_pop var_samp variance
    version array array_concat array_flatten get_array_length subarray
    age isfinite now getbit get_byte set_bit set_byte to_ascii obj_description col_description
    """
)
"""The functions that Redshift documents, leader-only ones included, without spatial ones."""

LEADER_ONLY_FUNCTIONS = words(
    """
    current_schema current_schemas has_database_privilege has_schema_privilege has_table_privilege
    age isfinite now getbit get_byte set_bit set_byte to_ascii obj_description col_description
    """
)
LEADER_ONLY_WORDS = frozenset({"current_time", "current_timestamp", "localtime", "localtimestamp"})

COMPUTE_ONLY_FUNCTIONS = frozenset({"listagg", "median", "percentile_cont", "percentile_disc"})

INSTEAD_OF_FUNCTIONS = {
    "string_agg": "dbt.listagg",
    "array_agg": "dbt.listagg, or a child table",
    "unnest": "a join with a table of numbers",
    "generate_series": "a seed of numbers",
    "every": "bool_and",
    "clock_timestamp": "getdate()",
    "statement_timestamp": "getdate()",
    "transaction_timestamp": "sysdate",
    "format": "the operator ||",
    "date_bin": "date_trunc and dateadd",
    "make_interval": "dbt.dateadd",
    "to_regclass": "adapter.get_relation",
    "pg_advisory_lock": "lock <table>",
    "pg_advisory_xact_lock": "lock <table>",
    "pg_advisory_xact_lock_shared": "lock <table>",
    "gen_random_uuid": "md5 of columns that are unique",
    "div": "the operator / on integers",
    "starts_with": "left(…) = …, or like",
    "concat_ws": "the operator ||",
}

RESERVED_WORDS = words(
    """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between
    binary blanksasnull both bytedict bzip2 case cast check collate column connect constraint create
    credentials cross current_date current_time current_timestamp current_user current_user_id default
    deferrable deflate defrag delta delta32k desc disable distinct do else emptyasnull enable encode encrypt
    encryption end except explicit false for foreign freeze from full globaldict256 globaldict64k grant group
    gzip having identity ignore ilike in initially inner intersect interval into is isnull join language
    leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural
    new not notnull null nulls off offline offset oid old on only open or order outer overlaps parallel
    partition percent permissions pivot placing primary raw readratio recover references reject respect
    resort restore right select session_user similar snapshot some start sysdate system table tag tdes text255
    text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose
    wallet when where with without
    """
)

NAMES_ONLY = words(
    """
    aes128 aes256 allowoverwrite blanksasnull bytedict bzip2 credentials defrag deflate delta delta32k disable
    emptyasnull enable encrypt encryption explicit globaldict256 globaldict64k gzip lun luns lzo lzop mostly16
    mostly32 mostly8 new offline old open parallel percent permissions raw readratio recover resort restore
    snapshot start system tag tdes text255 text32k truncatecolumns wallet
    """
)
"""Reserved words that no statement of a dbt project holds but as a name."""

NOT_CALLED = words(
    """
    in and or not as using on over values when then else case select from where exists any all some by key
    distkey sortkey compound interleaved union except intersect minus having limit join with table into set
    group filter distinct between like ilike is end offset returning unique primary references check lateral
    interval column view default qualify top recursive only rollup cube sets within order partition ignore
    varchar char character varying numeric decimal nvarchar nchar bpchar text float time timetz timestamp
    timestamptz precision varbyte varbinary binary bit begin commit insert delete update merge matched
    bernoulli range cast try_cast schema database materialized to similar conflict key constraint foreign
    """
)
"""Words that may stand before a parenthesis without being called."""
