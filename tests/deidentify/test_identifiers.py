"""New UIDs, moved dates and the secret they are made with."""

import hashlib
import hmac
import os
import re
import uuid
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.deidentify.identifiers import (
    SECRET_NAME,
    date_offset,
    load_secret,
    new_uid,
    source_digest,
)
from case_library.errors import SettingsError

SECRET, OTHER = b"a" * 32, b"b" * 32


@given(st.text())
def test_a_new_uid_is_a_valid_uuid_derived_uid(original: str) -> None:
    uid = new_uid(SECRET, original)
    assert re.fullmatch(r"2\.25\.[1-9][0-9]*", uid)
    assert len(uid) <= 64
    made = uuid.UUID(int=int(uid.removeprefix("2.25.")))
    assert (made.variant, made.version) == (uuid.RFC_4122, 8)


@given(st.text(), st.text())
def test_new_uids_are_equal_exactly_where_the_originals_are(a: str, b: str) -> None:
    assert (new_uid(SECRET, a) == new_uid(SECRET, b)) == (a == b)
    assert new_uid(SECRET, a) != new_uid(OTHER, a)


def test_a_new_uid_does_not_follow_from_the_original_without_the_secret() -> None:
    digest = hashlib.sha256(b"uid\x001.2.3").digest()[:16]
    assert new_uid(SECRET, "1.2.3") != f"2.25.{int.from_bytes(digest)}"


@given(st.text(min_size=1))
def test_the_dates_of_a_patient_go_back_by_one_span_of_one_to_ten_years(patient: str) -> None:
    offset = date_offset(SECRET, patient)
    assert timedelta(days=365) <= offset < timedelta(days=3653)
    assert offset == date_offset(SECRET, patient)
    assert offset != date_offset(OTHER, patient)


def test_patients_differ_in_their_spans() -> None:
    assert len({date_offset(SECRET, str(number)) for number in range(200)}) == 200


@pytest.mark.parametrize("size", [0, 1, 1024**2, 1024**2 + 7])
def test_the_digest_of_a_source_is_the_keyed_hash_of_its_bytes(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "source").write_bytes(content)
    assert source_digest(SECRET, tmp_path / "source") == hmac.digest(SECRET, b"source\0" + content, "sha256").hex()


def test_the_secret_is_made_once_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet" / "there"
    secret = load_secret(folder)
    assert len(secret) == 32
    assert load_secret(folder) == secret
    assert load_secret(tmp_path / "elsewhere") != secret


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permission bits")
def test_only_its_user_may_read_the_secret(tmp_path: Path) -> None:
    load_secret(tmp_path)
    assert (tmp_path / SECRET_NAME).stat().st_mode & 0o777 == 0o600


def test_processes_and_threads_that_come_at_once_get_the_same_secret(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes, ThreadPoolExecutor(8) as threads:
        jobs = [pool.submit(load_secret, tmp_path) for pool in (processes, threads) for _ in range(12)]
        secrets = {job.result() for job in jobs}
    assert len(secrets) == 1
    # Nothing half-written stays behind.
    assert {path.name for path in tmp_path.iterdir()} <= {SECRET_NAME, f"{SECRET_NAME}.lock"}


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_secret_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SECRET_NAME).write_bytes(content)
    with pytest.raises(SettingsError, match="instead of 32"):
        load_secret(tmp_path)
    assert (tmp_path / SECRET_NAME).read_bytes() == content
