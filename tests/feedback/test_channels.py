"""All seventeen ways of being heard, each from what was said by it to what came of it."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from customers.days import day_of
from feedback import corroborating, gathering
from feedback.models import Channel, Message
from ladder.models import StaleMark
from tests import factories as make

pytestmark = pytest.mark.django_db
CHANNELS = [
    "survey",
    "follow-up",
    "community-survey",
    "contact-report",
    "council",
    "focus-group",
    "interview",
    "e-mail",
    "training-session",
    "test-market",
    "guarantee-claim",
    "mystery-shopper",
    "ombudsman",
    "complaint",
    "free-phone",
    "suggestion-box",
    "other",
]


@pytest.fixture
def ingrid(client):
    found = make.user("ingrid", role=Role.ADMINISTRATOR)
    client.force_login(found)
    return found


def test_there_are_these_and_no_others():
    assert sorted(Channel.objects.values_list("slug", flat=True)) == sorted(CHANNELS)
    assert len(CHANNELS) == 17


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_said_by_it_is_told_and_gathered_and_is_a_voice_only_of_somebody_we_know(client, ingrid, channel):
    ada, today = make.customer("Ada", owner=ingrid), day_of(timezone.now())
    StaleMark.objects.all().delete()
    for of in (ada, None):
        address = reverse("feedback:note_new", args=[of.uuid]) if of else reverse("listening:note_new")
        said = {"key": str(uuid.uuid4()), "day": f"{today}", "channel": channel, "words": "The box came late"}
        assert client.post(address, said).status_code == 302
    late = make.theme("late")
    gathering.gather(late, Message.objects.all(), at=timezone.now(), by=ingrid)
    found = corroborating.weigh(late, today)
    assert (found.messages, found.voices, found.anonymous) == (2, 1, 1)
    assert f'<span class="by">{Channel.objects.get(slug=channel).name.lower()}</span>' in client.get(ada.get_absolute_url()).text
    assert not StaleMark.objects.exists(), "a note ranks nobody"


def test_one_that_is_switched_off_is_not_offered(client, ingrid):
    Channel.objects.filter(slug="council").update(active=False)
    assert 'value="council"' not in client.get(reverse("listening:note_new")).text
    said = {"key": str(uuid.uuid4()), "day": f"{day_of(timezone.now())}", "channel": "council", "words": "Hm"}
    assert client.post(reverse("listening:note_new"), said).status_code == 422
