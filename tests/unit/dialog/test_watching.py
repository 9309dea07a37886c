"""A folder of flows that somebody edits."""

from pathlib import Path

from ivr.dialog.watching import WatchedFolder


def test_a_save_a_new_file_and_a_lost_one_are_noticed_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    folder = WatchedFolder(tmp_path)
    noticed = [folder.has_changed()]

    (tmp_path / "a.yaml").write_text("12")
    noticed += [folder.has_changed(), folder.has_changed()]
    (tmp_path / "b.yaml").write_text("1")
    noticed += [folder.has_changed(), folder.has_changed()]
    (tmp_path / "b.yaml").unlink()
    noticed += [folder.has_changed(), folder.has_changed()]

    assert noticed == [False, True, False, True, False, True, False]


def test_files_that_are_no_flows_are_no_change(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path)

    (tmp_path / ".refund.yaml.swp").write_text("1")
    (tmp_path / "notes.txt").write_text("1")

    assert not folder.has_changed()


def test_what_happens_in_sub_folders_is_noticed_but_for_hidden_ones(tmp_path: Path) -> None:
    for name in ("cards", ".git"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lost.yaml").write_text("1")
    folder = WatchedFolder(tmp_path)
    noticed = [folder.has_changed()]

    (tmp_path / "cards" / "lost.yaml").write_text("12")
    noticed += [folder.has_changed()]
    (tmp_path / ".git" / "lost.yaml").write_text("12")
    noticed += [folder.has_changed()]
    (tmp_path / "cards" / "lost.yaml").rename(tmp_path / "lost.yaml")
    noticed += [folder.has_changed(), folder.has_changed()]

    assert noticed == [False, True, False, True, False]
