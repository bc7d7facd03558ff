import pytest

from customers import mappings
from customers.ledgers import ledgers
from customers.models import Mapping

PLAIN = mappings.shipped()["purchases"]


@pytest.mark.django_db
def test_migrating_alone_ships_the_mappings():
    assert set(Mapping.objects.values_list("slug", "kind")) == {
        ("online-retail", "purchases"), ("cdnow", "purchases"), ("purchases", "purchases"), ("customers", "customers"), ("nps-series", "responses"), ("olist-reviews", "satisfaction"), ("olist-customers", "customers"), ("olist-orders", "purchases"),
        *((kind, kind) for kind in ledgers()),
    }  # fmt: skip


@pytest.mark.parametrize(("instead_of", "write", "place"), [
    ('kind = "purchases"', 'kind = "sales"', "kind has to be one of purchases, customers, "),
    ('kind = "purchases"', "kind = 3", "kind has to be a text"),
    ('source = "file"', "", "source is missing"),
    ('source = "file"', 'source = "a b"', "source has to be"),
    ('source = "file"', 'source = "file"\nzone = "Mars/Olympus"', "zone “Mars/Olympus”"),
    ('source = "file"', 'source = "file"\ncurrency = "euro"', "currency has to be three capital letters"),
    ('source = "file"', 'source = "file"\nsurprise = 1', "surprise is not known here"),
    ("[columns]", '[file]\nformat = "xlsx"\n[columns]', "file.format has to be one of csv, fixed"),
    ("[columns]", '[file]\ndelimiter = "||"\n[columns]', "file.delimiter has to be one character"),
    ("[columns]", '[file]\nencoding = "utf-7000"\n[columns]', "file.encoding “utf-7000” is not known"),
    ("[columns]", '[file]\nformat = "fixed"\n[columns]', "columns.customer has to be [first, last]"),
    ("[columns]", "[file]\nheader = false\n[columns]", "columns.customer has to be the number of a column"),
    ('date = "date"', "", "columns.date is missing"),
    ('date = "date"', 'date = "date"\nage = "age"', "columns.age is no field of purchases"),
    ('"%Y-%m-%d", ', '3, ', "dates.formats has to be a list of texts"),
    ("negative_quantity = true", 'negative_quantity = "yes"', "returns.negative_quantity has to be true or false"),
    ('without_price = "free"', 'without_price = "gift"', "lines.without_price has to be one of free, purchase, refuse"),
    ("[lines]", '[[refuse]]\nfield = "colour"\nbecause = "x"\nequals = ["red"]\n[lines]', "refuse[1].field has to be one of"),
    ("[lines]", '[[refuse]]\nfield = "invoice"\nbecause = "x"\n[lines]', "refuse[1] needs starts_with or equals"),
    ("[lines]", "[lines", "This is not TOML"),
])  # fmt: skip
def test_a_bad_mapping_is_refused_naming_the_place(instead_of, write, place):
    assert instead_of in PLAIN
    with pytest.raises(mappings.Rejected) as rejected:
        mappings.parse(PLAIN.replace(instead_of, write, 1))
    assert place in str(rejected.value)
