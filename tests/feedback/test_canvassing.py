"""A drawn sample invited by link says whether they feel the same; what they say there decides."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, Role
from customers.models import Customer, Stop
from feedback import canvassing, inviting, sampling
from feedback.corroborating import weigh
from feedback.models import Invitation, Opinion, SampleMember, Survey
from tests import factories as make

pytestmark = pytest.mark.django_db


def drawn(size=30, concerns=30, **extra):
    return sampling.draw(make.theme(concerns=concerns, **extra), size, on=make.DAY_0, at=timezone.now())


def invited(sample):
    return canvassing.canvass(sample, way=Invitation.Way.LINK, at=timezone.now())


def test_whoever_is_drawn_gets_a_link_once_and_who_wants_no_contact_is_left_out():
    sample = drawn(5, 5)
    quiet = sample.members.first()
    Stop.objects.create(customer=quiet.customer, reason="do_not_contact", since=make.DAY_0)
    outcome = invited(sample)
    assert (len(outcome.made), list(outcome.told().values())) == (4, [1])
    assert sample.members.exclude(asked_at=None).exclude(invitation=None).count() == 4
    again = invited(sample)
    assert (len(again.made), Survey.objects.filter(slug__startswith="silent-").count()) == (0, 1)


@pytest.mark.parametrize(("language", "address", "words"), [("en", "", "Do you feel the same?"), ("de", "first_name", "Siehst du das auch so?"), ("de", "", "Sehen Sie das auch so?"), ("fr", "first_name", "aussi ton avis")])  # fmt: skip
def test_they_are_asked_in_their_language_with_the_claim_as_we_wrote_it(client, language, address, words):
    sample = drawn(1, 1)
    Customer.objects.update(language=language, form_of_address=address)
    page = client.get(invited(sample).made[0].path).content.decode()
    assert words in page
    assert "They are late." in page


def test_what_thirty_of_them_answer_decides(client):
    sample = drawn()
    for n, made in enumerate(invited(sample).made):
        answer = client.post(made.path, {"q-same": "yes" if n < 5 else "no"})
        assert answer.status_code in (200, 302)
    found = weigh(sample.theme, make.DAY_0)
    assert (found.agree, found.answers, found.state) == (5, 30, "corroborated")
    assert not Opinion.objects.exists(), "a choice is no opinion"
    assert SampleMember.objects.filter(answered_at=None).count() == 0


def test_a_claim_too_long_to_put_to_anybody_is_refused_and_nobody_is_asked():
    sample = drawn(2, 2)
    sample.theme.claim = "a" * (canvassing.LONGEST_CLAIM + 1)
    sample.theme.save()
    with pytest.raises(ValidationError, match="at most"):
        invited(sample)
    assert not Invitation.objects.exists()
    sample.theme.claim = "a" * canvassing.LONGEST_CLAIM
    sample.theme.save()
    assert len(invited(sample).made) == 2


def test_the_page_shows_the_links_once_and_rest_gives_them_too(client):
    sample = drawn(2, 3)
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    page = client.post(reverse("listening:sample_invite", args=[sample.theme.slug, sample.pk]))
    assert page.content.decode().count("/s/") == 2
    again = client.post(reverse("listening:sample_invite", args=[sample.theme.slug, sample.pk]))
    assert "/s/" not in again.content.decode()
    other = sampling.draw(sample.theme, 1, on=make.DAY_0, at=timezone.now())
    key = ApiKey(name="office", team=make.team(), scopes=["configure", "read"])
    secret = key.renew()
    key.save()
    address = reverse("api:sample_invite", args=[sample.theme.slug, other.pk])
    answer = client.post(address, headers={"Authorization": f"Bearer {secret}"}, content_type="application/json")
    assert (answer.status_code, len(answer.json()["invited"]), answer.json()["refused"]) == (200, 1, {})
    assert "/s/" in answer.json()["invited"][0]["link"]
    listed = client.get(reverse("api:sample_list", args=[sample.theme.slug]), headers={"Authorization": f"Bearer {secret}"})
    assert {each["id"]: each["drawn"] for each in listed.json()["results"]} == {sample.pk: 2, other.pk: 1}


def test_whom_no_letter_reached_may_be_invited_again_and_who_told_us_already_is_not_asked():
    sample = drawn(3, 3)
    outcome = invited(sample)
    for made in outcome.made[:2]:
        inviting.bounce(made.invitation, at=timezone.now())
    first, second = (SampleMember.objects.get(invitation=made.invitation) for made in outcome.made[:2])
    sampling.answer(second, True, at=timezone.now())
    assert [made.invitation.customer for made in invited(sample).made] == [first.customer]


def quieten(members, others=0):
    """These of a sample, and so many who were not drawn, want no contact."""
    rest = Customer.objects.exclude(pk__in=SampleMember.objects.values("customer")).order_by("pk")[:others]
    for one in [*(member.customer for member in members), *rest]:
        Stop.objects.create(customer=one, reason="do_not_contact", since=make.DAY_0)


def test_whoever_cannot_be_invited_makes_room_for_the_next_by_chance_and_is_kept_with_the_reason():
    sample = drawn(10, 40)
    order = sampling.ordered(Customer.objects.filter(name__startswith="Silent").values_list("pk", flat=True), sample.seed)
    quieten(sample.members.all()[:4])
    outcome = invited(sample)
    assert (len(outcome.made), outcome.told()) == (10, {inviting.REASONS["stopped"]: 4})
    members = sample.members.order_by("place")
    assert [one.customer_id for one in members] == order[:14], "the next in the order of the seed"
    assert [one.passed_over for one in members] == ["stopped"] * 4 + [""] * 10
    assert {one.place for one in members if one.invitation} == set(range(5, 15))


def test_those_who_take_the_place_may_be_unreachable_too_until_nobody_is_left():
    sample = drawn(5, 12)
    quieten(sample.members.all()[:4], 4)
    outcome = invited(sample)
    reached, passed = sample.members.filter(passed_over=""), sample.members.exclude(passed_over="")
    assert (len(outcome.made), reached.count()) == (4, 4), "1 of the drawn and the 3 who are left of 12 with 8 hindered"
    assert (passed.count(), sampling.silent(sample.theme, make.DAY_0)) == (8, [])


def test_who_has_no_address_is_asked_by_link_afterwards(settings):
    settings.SEND_EMAIL = True
    sample = drawn(3, 3)
    first = canvassing.canvass(sample, way="email", at=timezone.now())
    assert (len(first.made), first.told()) == (0, {inviting.REASONS["no-address"]: 3})
    assert len(canvassing.canvass(sample, way="link", at=timezone.now()).made) == 3
    assert sample.members.exclude(passed_over="").count() == 0


def test_a_survey_that_is_closed_passes_nobody_over():
    sample = drawn(3, 9)
    Survey.objects.filter(pk=canvassing.survey_of(sample).pk).update(closed_at=timezone.now())
    sample.refresh_from_db()
    assert (len(invited(sample).made), sample.members.exclude(passed_over="").count(), sample.members.count()) == (0, 0, 3)


def test_filling_a_large_sample_costs_few_queries(django_assert_max_num_queries):
    sample = drawn(20, 300)
    quieten(sample.members.all(), 200)
    with django_assert_max_num_queries(75):
        assert len(invited(sample).made) == 20


def test_nobody_is_likelier_to_be_asked_for_being_reachable_early_or_late():
    """Of 20 people of whom 10 can be asked, over many seeds, each of the 10 is as often among the 3 asked."""
    people, hindered = list(range(100, 120)), set(range(100, 120, 2))
    asked = [[one for one in sampling.ordered(people, seed) if one not in hindered][:3] for seed in range(2000)]
    counts = [sum(one in those for those in asked) for one in people if one not in hindered]
    assert all(abs(count - 600) < 100 for count in counts), counts


def test_the_page_says_who_was_passed_over_and_what_the_sample_still_is(client):
    sample = drawn(3, 9)
    quieten(sample.members.all()[:1])
    invited(sample)
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    page = client.get(sample.theme.get_absolute_url()).text
    assert "1 could not be asked, and the next by chance took their place" in page
    assert inviting.REASONS["stopped"] in page
