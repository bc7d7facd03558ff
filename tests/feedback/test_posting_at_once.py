"""Two workers at once, and one that dies with a letter in its hand."""

import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import ContactPoint
from feedback import inviting, mailing, posting
from feedback.models import Letter, Survey
from tests import factories as make
from tests.commands import command
from tests.feedback.test_posting import SMTP
from tests.ladder.test_race import Beside
from tests.mailserver import mail_server
from tests.test_worker import eventually

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
WORKER = "from feedback import tasks; tasks.post()"
MANY = 6


@pytest.fixture
def server(settings):
    with mail_server() as found:
        settings.SEND_EMAIL, settings.EMAIL_BACKEND = True, SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


def written(count=1):
    people = [make.customer(f"Customer {n}") for n in range(count)]
    for one in people:
        ContactPoint.objects.create(customer=one, kind="email", value=f"c{one.pk}@example.org")
    inviting.invite(Survey.objects.get(slug="recommendation"), people, way="email", at=timezone.now())


def posted_by_two():
    threads = [Beside(lambda: posting.post(timezone.now)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.finish()


def test_two_workers_send_every_letter_once(server):
    server.after = 0.2
    written(MANY)
    posted_by_two()
    assert (len(server.letters), Letter.objects.filter(state="sent").count()) == (MANY, MANY)


def test_without_compare_and_swap_both_send_it(server, monkeypatch):
    def take(at):
        letter = Letter.objects.due(at).select_related("invitation__customer").first()
        time.sleep(0.5)
        if letter:
            Letter.objects.filter(pk=letter.pk).update(state="sending", taken_as=letter.taken_as or "0" * 32, taken_at=at)
        return letter and (letter, mailing.letter(letter.invitation, "/s/x/", "ada@example.org"))

    monkeypatch.setattr(posting, "take", take)
    written()
    posted_by_two()
    assert len(server.letters) == 2


def test_a_letter_in_the_hand_of_a_worker_that_is_killed_is_uncertain_and_goes_out_by_nobodys_doing(server):
    server.after = 30
    written()
    worker = command("shell", "-v0", "-c", WORKER, SEND_EMAIL="1", EMAIL_URL=server.url)
    eventually(lambda: server.letters, 90)
    worker.kill()
    assert worker.wait(30) == -signal.SIGKILL
    server.after = 0
    posting.post(timezone.now)
    assert (Letter.objects.get().state, len(server.letters)) == ("sending", 1)
    posting.post(lambda: timezone.now() + Letter.LEASE + timedelta(seconds=1))
    assert (Letter.objects.get().state, len(server.letters)) == ("uncertain", 1)
