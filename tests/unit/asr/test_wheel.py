"""The kernels that fit a processor, where the wheel would choose worse ones."""

import os
from pathlib import Path

import pytest

from ivr.asr.wheel import better_kernels, fitting_kernels

_WIDE = "fpu avx avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_bf16"


def _cpuinfo(vendor: str, flags: str) -> str:
    core = f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: 25\nflags\t\t: {flags}\n"
    return f"{core}\n{core}"


def test_new_amd_processors_get_kernels_of_their_width() -> None:
    assert better_kernels(_cpuinfo("AuthenticAMD", _WIDE)) == "SKYLAKEX"


@pytest.mark.parametrize(
    "cpuinfo",
    [
        _cpuinfo("AuthenticAMD", "fpu avx avx2"),
        _cpuinfo("AuthenticAMD", "fpu avx2 avx512f"),  # these kernels use more than that
        _cpuinfo("GenuineIntel", _WIDE),  # which the wheel knows
        "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n",  # ARM
        "",
    ],
)
def test_others_keep_what_the_wheel_chooses(cpuinfo: str) -> None:
    assert better_kernels(cpuinfo) is None


@pytest.mark.parametrize("already", [None, "HASWELL"])
def test_the_choice_holds_while_the_wheel_is_loaded_and_yields_to_the_users(
    already: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    if already is not None:
        monkeypatch.setenv("OPENBLAS_CORETYPE", already)
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(_cpuinfo("AuthenticAMD", _WIDE))
    with fitting_kernels(cpuinfo):
        assert os.environ["OPENBLAS_CORETYPE"] == (already or "SKYLAKEX")
    assert os.environ.get("OPENBLAS_CORETYPE") == already


def test_without_cpuinfo_nothing_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    with fitting_kernels(tmp_path / "missing"):
        assert "OPENBLAS_CORETYPE" not in os.environ
