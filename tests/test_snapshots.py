"""The last good lists on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.source import listing
from webapp.symbols.listing import Market
from webapp.symbols.snapshots import Snapshots


def test_a_list_comes_back_with_its_time(tmp_path: Path):
    kept = listing("BTCUSDT", "币安人生USDT", listed_at=1795358671.5)
    Snapshots(tmp_path / "new" / "folder").save(kept)
    loaded = Snapshots(tmp_path / "new" / "folder").load("spot")
    assert loaded is not None
    assert (loaded.body.content, loaded.listed_at) == (kept.body.content, kept.listed_at)


def test_no_file_is_no_list(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    assert Snapshots(tmp_path).load("spot") is None
    assert caplog.text == ""


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "garbage", "other market"])
def test_a_damaged_file_is_refused_with_a_log_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
):
    Snapshots(tmp_path).save(listing("BTCUSDT"))
    path = tmp_path / "spot.snapshot"
    whole = path.read_bytes()
    damaged = {
        "cut": whole[:-10],
        "flip": whole.replace(b"BTCUSDT", b"BTDUSDT"),
        "empty": b"",
        "garbage": b"\x80\x04\xff\n\x00",
        "other market": whole,
    }[damage]
    market: Market = "futures" if damage == "other market" else "spot"
    (tmp_path / f"{market}.snapshot").write_bytes(damaged)
    assert Snapshots(tmp_path).load(market) is None
    assert "is damaged and is not served" in caplog.text


def test_an_older_list_does_not_replace_a_newer_one(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    snapshots.save(listing("NEWUSDT", listed_at=2000))
    snapshots.save(listing("OLDUSDT", listed_at=1000))
    kept = snapshots.load("spot")
    assert kept is not None
    assert kept.pairs[0].symbol == "NEWUSDT"


def test_a_disk_that_fails_costs_a_log_line(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("")
    Snapshots(in_the_way).save(listing("BTCUSDT"))
    assert "could not be kept" in caplog.text
    assert Snapshots(in_the_way).load("spot") is None


def test_nothing_is_left_beside_the_file(tmp_path: Path):
    for time in range(5):
        Snapshots(tmp_path).save(listing("BTCUSDT", listed_at=time + 1))
    assert [path.name for path in tmp_path.iterdir()] == ["spot.snapshot"]
