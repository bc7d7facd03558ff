"""Bad files: a clear refusal naming the line, never a crash, never a silently wrong key."""

import io
import json
import zipfile

import pytest

from customers import importing, mappings, reading
from customers.models import Customer, Import, Product, Purchase, RefusedRow, StagedLine
from customers.models.imports import State
from tests.customers.conftest import HEADING, csv, nothing

GOOD = "1,ada,2024-01-01,tea,1,3.5"


@pytest.mark.parametrize(("row", "reason"), [
    (b"2,b\xffb,2024-01-01,tea,1,3.5", "bytes that are not utf-8"),
    (b"2,b\x00b,2024-01-01,tea,1,3.5", "a NUL byte"),
    (b"2,bob,2024-01-01,tea,1", "fewer cells than columns"),
    (b"2,bob,2024-01-01,tea,1,3.5,more", "more cells than columns"),
    (b'2,bob,2024-01-01,"te"a,1,3.5', "the quotes do not pair"),
    (b"2,1.23E+05,2024-01-01,tea,1,3.5", "an id in scientific notation or with decimals: a spreadsheet has changed it"),
    (b"5.36E+05,bob,2024-01-01,tea,1,3.5", "an id in scientific notation or with decimals: a spreadsheet has changed it"),
    (b"2,17850.0,2024-01-01,tea,1,3.5", "an id in scientific notation or with decimals: a spreadsheet has changed it"),
    (b"2,bob,2024-01-01,1.5e+3,1,3.5", "an id in scientific notation or with decimals: a spreadsheet has changed it"),
    (b'2,"bo\nb",2024-01-01,tea,1,3.5', "a line break inside an id"),
    (b"2," + b"b" * 201 + b",2024-01-01,tea,1,3.5", "an id longer than 200 characters"),
    (b"2,bob,2024-01-01," + b"t" * 101 + b",1,3.5", "a product code longer than 100 characters"),
    (b"2,bob,01/02/2024,tea,1,3.5", "the date does not fit the mapping"),
    (b"2,bob,2024-02-30,tea,1,3.5", "the date does not fit the mapping"),
    (b"2,bob,,tea,1,3.5", "no date"),
    (b"2,bob,0001-01-01T00:00:00+1400,tea,1,3.5", "the date is out of range"),
    (b"2,bob,9999-12-31,tea,1,3.5", "the date lies more than a year ahead"),
    (b"2,bob,2024-01-01,tea,0,3.5", "a quantity of 0"),
    (b"2,bob,2024-01-01,tea,1E3,3.5", "not a number as the mapping writes them"),
    (b"2,bob,2024-01-01,tea,1,3,5", "more cells than columns"),
    (b'2,bob,2024-01-01,tea,1,"3,5"', "not a number as the mapping writes them"),
    (b"2,bob,2024-01-01,tea,1,NaN", "not a number as the mapping writes them"),
    (b"2,bob,2024-01-01,tea,1,0.00001", "a number with more than 4 decimals"),
    (b"2,bob,2024-01-01,tea,1,99999999999", "a number above 9,999,999,999"),
    (b"2,bob,2024-01-01,tea,1,-3.5", "a price below 0"),
    (b",bob,2024-01-01,tea,1,3.5", None),
    (b"2,bob,2024-01-01," + b'"' + b"x" * 10_000_000 + b'"' + b",1,3.5", "a cell is longer than 10,000 characters"),
], ids=lambda value: str(value)[:40])  # fmt: skip
def test_a_bad_row_is_refused_with_its_line_and_the_next_is_taken(bring, row, reason):
    found = bring(f"{HEADING}\n{GOOD}\n".encode() + row + b"\n3,ada,2024-01-02,tea,1,3.5\n")
    assert found["rows"] == 3
    if reason is None:  # the plain mapping can do without an invoice
        assert found["taken"] == 3
        return
    assert (found["taken"], found["refused"]) == (2, {reason: 1})
    kept = RefusedRow.objects.get()
    assert kept.line == 3
    assert len(kept.content) <= 2000
    assert list(Customer.objects.values_list("name", flat=True)) == ["Customer ada"]


@pytest.mark.parametrize(("content", "says"), [
    (b"", "Line 1: the file is empty"),
    (csv(GOOD).replace(",", ";").encode(), "Line 1: no column “customer”. The columns are “invoice;customer;date;product;quantity;price”. Is the delimiter “,” right?"),
    (csv(GOOD, heading=HEADING.replace("price", "cost")).encode(), "Line 1: no column “price”"),
    (csv(GOOD + ",1", heading=HEADING + ",colour").encode(), "Line 1: the mapping does not know the column “colour”"),
    (csv(GOOD + ",1", heading=HEADING + ",price").encode(), "Line 1: two columns are called “price”"),
    (f"{HEADING}\n{GOOD}\n2,bob,2024-01-01,\"tea,1,3.5\n3,bob,2024-01-01,tea,1,1\n".encode(), "Line 3: a quote is opened and never closed"),
    (b"\xff\xfe" + csv(GOOD).encode("utf-16-le"), "Line 1: the headings cannot be read"),
    (b"PK\x03\x04 and then nothing of a zip", "The zip file is damaged or cut short"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "Line 1"),
], ids=lambda value: str(value)[:30])  # fmt: skip
def test_a_file_that_cannot_be_read_fails_naming_the_line_and_stores_nothing(bring, content, says):
    with pytest.raises(importing.Failed) as failed:
        bring(content)
    assert says in str(failed.value)
    assert nothing()
    assert not StagedLine.objects.exists()
    assert not RefusedRow.objects.exists()
    assert not Product.objects.exists()
    assert Import.objects.values_list("state", "error").get() == (State.FAILED, str(failed.value))


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "says"), [
    (zipped(), "Line 1"),
    (zipped(("a.csv", b"1"), ("b.csv", b"2")), "holds 2 files"),
    (zipped(("a.csv", csv(*[GOOD] * 5000).encode()))[:-200], "damaged or cut short"),
    (zipped(("a.csv", b"0" * 50_000_000)), "would unpack to 50,000,000 bytes"),
], ids=["empty", "two files", "cut short", "bomb"])  # fmt: skip
def test_a_bad_zip_fails_and_stores_nothing(bring, content, says):
    with pytest.raises(importing.Failed, match=says):
        bring(content)
    assert nothing()


def test_a_zip_whose_bytes_are_damaged_half_way_stores_nothing(bring, monkeypatch):
    monkeypatch.setattr("customers.staging.AT_A_TIME", 100)
    rows = [f"{n},c{n * 7919 % 10007},2024-01-01,p{n * 31 % 977},{n % 13 + 1},{n % 97}.5" for n in range(3000)]
    whole = bytearray(zipped(("a.csv", csv(*rows).encode())))
    whole[len(whole) // 2 : len(whole) // 2 + 50] = b"\0" * 50
    with pytest.raises(importing.Failed):
        bring(bytes(whole))
    assert nothing()
    assert not StagedLine.objects.exists()


def test_a_byte_order_mark_is_no_part_of_the_first_heading(bring):
    assert bring(b"\xef\xbb\xbf" + csv(GOOD).encode())["taken"] == 1


def test_line_ends_of_any_kind_are_taken(bring):
    assert bring(csv(GOOD, "2,ada,2024-01-02,tea,1,3.5").replace("\n", "\r\n"))["taken"] == 2


def test_a_last_line_without_an_end_is_taken(bring):
    assert bring(csv(GOOD).rstrip("\n"))["taken"] == 1


DAY_OR_MONTH = mappings.shipped()["purchases"].replace('formats = ["%Y-%m-%d",', 'formats = ["%d/%m/%Y", "%m/%d/%Y",')


def test_a_date_that_two_declared_formats_read_differently_is_refused(bring):
    found = bring(csv("1,ada,01/02/2024,tea,1,1", "2,ada,13/02/2024,tea,1,1", "3,ada,02/02/2024,tea,1,1"), mapping=DAY_OR_MONTH)
    assert (found["taken"], found["refused"]) == (2, {"the date can be read in two ways": 1})


def test_a_date_without_separators_is_read_only_in_full(bring):
    mapping = mappings.shipped()["purchases"].replace('formats = ["%Y-%m-%d",', 'formats = ["%Y%m%d",')
    assert bring(csv("1,ada,1997111,tea,1,1"), mapping=mapping)["refused"] == {"the date does not fit the mapping": 1}


def test_a_date_without_a_time_is_that_day_in_the_business_zone(bring, settings):
    settings.BUSINESS_TIME_ZONE = "Pacific/Auckland"
    bring(csv("1,ada,2024-01-01,tea,1,1", "2,ada,2024-06-01T23:30:00+0000,tea,1,1"))
    assert [str(day) for day in Purchase.objects.order_by("external_id").values_list("day", flat=True)] == [
        "2024-01-01",
        "2024-06-02",
    ]


@pytest.mark.parametrize(("written", "means"), [("1.234,50", "1234.5000"), ("3,5", "3.5000"), ("12", "12.0000")])
def test_numbers_are_read_as_the_mapping_declares(bring, written, means):
    mapping = mappings.shipped()["purchases"].replace("[returns]", '[numbers]\ndecimal = ","\nthousands = "."\n\n[returns]')
    bring(csv(f'1,ada,2024-01-01,tea,1,"{written}"'), mapping=mapping)
    assert str(Purchase.objects.get().amount) == means


@pytest.mark.data
def test_csv_oddities_are_read_as_the_collection_expects(shared_data):
    wrong_itself = {"location_coordinates"}
    seen = 0
    for path in sorted((shared_data / "csv_spectrum" / "csvs").glob("*.csv")):
        if path.stem in wrong_itself:
            continue
        expected = json.loads((shared_data / "csv_spectrum" / "json" / f"{path.stem}.json").read_text())
        heading = list(expected[0])
        columns = dict(zip(["customer", "name", "email", "phone", "country"], heading, strict=False))
        mapping = mappings.Map(name="", kind="customers", source="x", columns=columns, ignore=None)
        with path.open("rb") as file:
            found = [dict(zip(heading, record.cells, strict=True)) for record in reading.records(file, mapping)]
        assert [{k: v.replace("\r\n", "\n") for k, v in row.items()} for row in found] == [
            {k: v.replace("\r\n", "\n").strip() for k, v in row.items()} for row in expected
        ], path.stem
        seen += 1
    assert seen == 11


@pytest.mark.data
def test_naughty_texts_come_through_as_they_are_or_are_refused(bring, shared_data):
    texts = [text for text in json.loads((shared_data / "blns" / "blns.json").read_text()) if text.strip()]
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    found = bring(
        csv(*[f"c{n},{text}" for n, text in enumerate(quoted)], heading="customer,name"), mapping="customers", kind="customers"
    )
    assert found["taken"] + sum(found["refused"].values()) == len(texts) == found["rows"]
    names = set(Customer.objects.values_list("name", flat=True))
    kept = [text for text in texts if len(text.strip()) <= 200 and "\0" not in text]
    assert {text.strip() for text in kept} <= names
