import json

import pytest
from django.core.management import CommandError, call_command

from customers.models import Purchase
from tests.customers.conftest import csv

pytestmark = pytest.mark.django_db
KEYS = ["rows", "taken", "already", "refused", "customers", "purchases", "refunds", "waiting", "seconds"]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(csv("1,ada,2024-01-01,tea,1,3.5", "2,,2024-01-01,tea,1,3.5"))
    return path


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_with_json_stdout_holds_one_object_and_progress_goes_to_stderr(path, capsys, dry_run):
    call_command("import_purchases", str(path), "--mapping", "purchases", "--json", *dry_run)
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert sorted(found) == sorted(KEYS)
    assert found["rows"] == found["taken"] + found["already"] + sum(found["refused"].values())
    assert "read 2 rows" in err
    assert Purchase.objects.exists() != bool(dry_run)


def test_customers_have_a_command_of_their_own(tmp_path, capsys):
    path = tmp_path / "people.csv"
    path.write_text("customer,name\na,Ada\n")
    call_command("import_customers", str(path), "--mapping", "customers", "--json")
    assert json.loads(capsys.readouterr().out)["customers"] == 1


@pytest.mark.parametrize(("arguments", "code"), [
    (["{path}", "--mapping", "nobody's"], 2),
    (["{path}.not", "--mapping", "purchases"], 2),
    (["{path}", "--mapping", "customers"], 1),
    (["{path}", "--mapping", "{path}"], 1),
    (["{bad}", "--mapping", "purchases"], 1),
])  # fmt: skip
def test_the_exit_code_tells_a_failed_file_from_wrong_usage(path, tmp_path, arguments, code):
    bad = tmp_path / "bad.csv"
    bad.write_text("one\n")
    with pytest.raises(CommandError) as error:
        call_command("import_purchases", *[each.format(path=path, bad=bad) for each in arguments])
    assert error.value.returncode == code


def test_an_import_is_taken_back_by_its_number(path, capsys):
    call_command("import_purchases", str(path), "--mapping", "purchases")
    number = capsys.readouterr().out.split()[-1]
    call_command("undo_import", number, "--json")
    assert json.loads(capsys.readouterr().out) == {"lines": 1, "documents": 1, "customers": 1}
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_refused_rows_are_told_by_their_lines(tmp_path, capsys, dry_run):
    path, found = tmp_path / "file.csv", tmp_path / "refused.csv"
    path.write_text(csv("1,ada,2024-01-01,tea,1,3.5", *["2,,2024-01-01,tea,1,3.5"] * 21, "3,ada,soon,=tea,1,3.5"))
    call_command("import_purchases", str(path), "--mapping", "purchases", "--refused", str(found), *dry_run)
    told = capsys.readouterr().err.splitlines()
    assert "line 3: no customer" in told
    assert "and 2 more refused" in told
    rows = found.read_bytes().decode().split("\r\n")
    assert (len(rows), rows[0]) == (24, "line,reason,content")
    assert rows[22].startswith("24,the date does not fit the mapping,")


@pytest.mark.parametrize(
    ("there", "said"), [(".", "cannot be written"), ("nowhere/found.csv", "cannot be written"), ("", "names the file itself")]
)
def test_where_the_refused_rows_cannot_be_written_nothing_is_brought(path, tmp_path, there, said):
    before = path.read_bytes()
    with pytest.raises(CommandError, match=said) as error:
        call_command(
            "import_purchases", str(path), "--mapping", "purchases", "--refused", str(tmp_path / there if there else path)
        )
    assert (error.value.returncode, Purchase.objects.count(), path.read_bytes()) == (2, 0, before)
