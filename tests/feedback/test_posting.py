"""Letters wait in the database and are handed over at most once, whatever the mail server or the worker does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import ContactPoint, RefusedWay, Stop
from customers.recording import Contradicted
from feedback import inviting, mailing, posting
from feedback.mailing import Handed
from feedback.models import Invitation, Letter, Survey
from tests import factories as make
from tests.mailserver import HANG, HANG_UP, mail_server

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def _sending(settings):
    settings.SEND_EMAIL, settings.PUBLIC_URL = True, "https://crm.example.org"


@pytest.fixture
def server(settings):
    """A mail server of this test's own, that settings name."""
    with mail_server() as found:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", found.port
        settings.EMAIL_TIMEOUT = 0.5
        yield found


def reached(name="Ada", address="ada@example.org", **more):
    found = make.customer(name, **more)
    ContactPoint.objects.create(customer=found, kind="email", value=address)
    return found


def written_to(*people, at=NOW):
    """A letter for each, waiting."""
    survey = Survey.objects.select_related("version").get(slug="recommendation")
    made = inviting.invite(survey, people or [reached()], way="email", at=at).made
    return Letter.objects.get(invitation=made[0].invitation)


def posted(at=NOW, times=1):
    """Send what is due, by a clock that stands; the only letter as it is then."""
    for _ in range(times):
        posting.post(lambda: at)
    return Letter.objects.select_related("invitation").get()


def test_inviting_sends_nothing_and_the_worker_sends_it_once():
    letter = written_to()
    assert (letter.state, mail.outbox) == ("waiting", [])
    letter = posted(times=3)
    assert (letter.state, letter.invitation.sent_at, len(mail.outbox)) == ("sent", NOW, 1)


def test_the_link_is_made_as_the_letter_is_sent_and_opens_for_as_long_as_a_link_does(client):
    letter = written_to()
    before = letter.invitation.token_hash
    later = timezone.now()
    Letter.objects.update(since=later)
    asked = posted(later).invitation
    path = mail.outbox[0].body.split("https://crm.example.org")[1].split()[0]
    assert (client.get(path).status_code, asked.token_hash != before) == (200, True)
    assert asked.expires_at == later + timedelta(days=asked.survey.link_days)


def test_nothing_is_sent_while_sending_is_off_and_it_goes_on_once_it_is_on(settings):
    written_to()
    settings.SEND_EMAIL = False
    assert (posted().state, mail.outbox) == ("waiting", [])
    settings.SEND_EMAIL = True
    assert posted().state == "sent"


HINDRANCES = {
    "stopped": lambda ada: Stop.objects.create(customer=ada, reason="do_not_contact", since=NOW.date()),
    "refused": lambda ada: RefusedWay.objects.create(customer=ada, way="email", since=NOW.date()),
    "complaint": lambda ada: make.complaint(ada, NOW.date(), due=NOW.date()),
    "no-address": lambda ada: ada.contact_points.all().delete(),
    "closed": lambda ada: Survey.objects.update(closed_at=NOW),
}


@pytest.mark.parametrize("name", HINDRANCES)
def test_what_speaks_against_it_meanwhile_is_heeded_at_the_moment_of_sending(name):
    letter = written_to()
    HINDRANCES[name](letter.invitation.customer)
    letter = posted()
    assert (letter.state, letter.words, mail.outbox) == ("withheld", f"{inviting.REASONS[name]}.", [])
    assert letter.invitation.bounced_at == NOW


def test_one_noted_as_bounced_before_it_was_sent_is_not_sent():
    letter = written_to()
    inviting.bounce(letter.invitation, at=NOW)
    assert (posted().state, mail.outbox) == ("withheld", [])


ANSWERS = {
    "taken": ({}, "sent", 1),
    "the recipient refused": ({"RCPT": "550 no such user"}, "bounced", 0),
    "we may not send to others": ({"RCPT": "554 5.7.1 relay access denied"}, "waiting", 0),
    "we may not send to others, without a code": ({"RCPT": "550 relay not permitted"}, "waiting", 0),
    "no such user on a server that says where": ({"RCPT": "550 5.1.1 no such user at relay.example.org"}, "bounced", 0),
    "we are to say who we are": ({"RCPT": "530 authentication required"}, "waiting", 0),
    "our address is refused late": ({"RCPT": "550 5.1.8 no such domain of a sender"}, "waiting", 0),
    "our name is refused": ({"EHLO": "550 who are you", "HELO": "550 who are you"}, "waiting", 0),
    "no such user in many words": ({"RCPT": "550 5.1.1 no such user, 5.7.1"}, "bounced", 0),
    "we may not send such letters": ({".": "550 5.7.26 unauthenticated mail"}, "waiting", 1),
    "the recipient refused for now": ({"RCPT": "450 try again"}, "waiting", 0),
    "the sender refused": ({"MAIL": "550 who are you"}, "waiting", 0),
    "too busy to greet": ({"": "421 too busy"}, "waiting", 0),
    "nobody greets": ({"": HANG}, "waiting", 0),
    "hangs up on our name": ({"EHLO": HANG_UP}, "waiting", 0),
    "hangs up on the sender": ({"MAIL": HANG_UP}, "waiting", 0),
    "hangs on the recipient": ({"RCPT": HANG}, "waiting", 0),
    "hangs up on the recipient": ({"RCPT": HANG_UP}, "waiting", 0),
    "hangs up before the letter": ({"DATA": HANG_UP}, "uncertain", 0),
    "says what nobody understands": ({".": "yes"}, "uncertain", 1),
    "hangs up at once": ({"": HANG_UP}, "waiting", 0),
    "the letter refused": ({".": "554 spam"}, "bounced", 1),
    "the letter refused for now": ({".": "451 greylisted"}, "waiting", 1),
    "hangs after the letter": ({".": HANG}, "uncertain", 1),
    "hangs up after the letter": ({".": HANG_UP}, "uncertain", 1),
    "hangs up after it took it": ({"QUIT": HANG_UP}, "sent", 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_the_mail_server_does_the_letter_says_it(server, name):
    server.says, state, arrived = ANSWERS[name]
    written_to()
    letter = posted(times=3)
    assert (letter.state, len(server.letters)) == (state, arrived)
    assert bool(letter.invitation.bounced_at) == (state == "bounced")
    assert bool(letter.invitation.sent_at) == (state == "sent")


TROUBLE = {"MAIL": HANG_UP}, {"RCPT": "554 5.7.1 relay access denied"}, {".": HANG_UP}


@pytest.mark.parametrize("says", TROUBLE)
def test_a_server_in_trouble_costs_one_letter_at_a_time(server, says):
    server.says = says
    written_to(reached(), reached("Bert", "bert@example.org"))
    posting.post(lambda: NOW)
    assert [letter.tries for letter in Letter.objects.order_by("pk")] == [1, 0]
    posting.post(lambda: NOW)
    assert [letter.tries for letter in Letter.objects.order_by("pk")] == [1, 1]


def test_an_address_that_is_refused_keeps_no_other_waiting(server):
    server.says = {"RCPT": "550 no such user"}
    written_to(reached(), reached("Bert", "bert@example.org"))
    posting.post(lambda: NOW)
    assert Letter.objects.filter(state="bounced").count() == 2


def test_after_ten_seconds_no_other_letter_is_begun():
    written_to(*(reached(f"Customer {n}", f"c{n}@example.org") for n in range(5)))
    ticks = (NOW + timedelta(seconds=2 * n) for n in range(100))  # looked at twice for each letter
    posting.post(lambda: next(ticks))
    assert len(mail.outbox) == 2


def test_while_one_letter_is_in_hand_no_other_is_taken():
    written_to(reached(), reached("Bert", "bert@example.org"))
    posting.take(NOW)
    posting.post(lambda: NOW + Letter.LEASE - timedelta(seconds=1))
    assert mail.outbox == []
    posting.post(lambda: NOW + Letter.LEASE)
    assert len(mail.outbox) == 1


def test_a_fault_of_ours_while_it_is_handed_over_is_told_and_left_to_a_person(monkeypatch, caplog):
    monkeypatch.setattr(EmailMessage, "send", lambda message: 1 / 0)
    written_to()
    letter = posted()
    assert (letter.state, letter.words) == ("uncertain", "ZeroDivisionError('division by zero')")
    assert "was being handed over" in caplog.text


def test_a_backend_that_cannot_be_had_sends_nothing_and_loses_nothing(settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    written_to()
    assert posted().state == "waiting"


def test_a_server_that_is_not_there_is_tried_again_in_ever_longer_steps_until_the_letter_is_too_old(server):
    server.says = {"": "421 too busy"}
    written_to()
    steps, letter = [], posted()
    while letter.state == "waiting":
        steps.append(letter.due_at)
        letter = posted(letter.due_at)
    waits = [after - before for before, after in zip([NOW, *steps], steps, strict=False)]
    assert (waits[0], waits == sorted(waits), letter.state) == (timedelta(minutes=5), True, "failed")
    assert timedelta(days=2) < steps[-1] - NOW <= Letter.LASTS
    assert (letter.invitation.bounced_at, letter.words) == (steps[-1], "421 too busy")


def test_it_is_not_tried_before_its_time_and_sent_once_the_server_is_back(server):
    server.says = {"": "421 too busy"}
    written_to()
    letter = posted()
    server.says = {}
    assert posted(letter.due_at - timedelta(seconds=1)).state == "waiting"
    assert (posted(letter.due_at).state, len(server.letters)) == ("sent", 1)


def test_nothing_older_than_four_days_is_sent():
    written_to()
    letter = posted(NOW + Letter.LASTS + timedelta(seconds=1))
    assert (letter.state, letter.words, mail.outbox) == ("failed", posting.TOO_OLD, [])


def test_one_that_cannot_be_written_keeps_no_other_waiting(monkeypatch):
    ada, bert = reached(), reached("Bert", "bert@example.org")
    whole = mailing.letter
    monkeypatch.setattr(mailing, "letter", lambda one, *rest: 1 / 0 if one.customer == ada else whole(one, *rest))
    written_to(ada, bert)
    posting.post(lambda: NOW)
    letters = {letter.invitation.customer.name: letter for letter in Letter.objects.all()}
    assert (letters["Ada"].state, letters["Ada"].due_at, letters["Bert"].state) == ("waiting", NOW + timedelta(minutes=5), "sent")


def test_an_address_that_breaks_a_header_bounces():
    letter = EmailMessage("A question", "Words", to=["ada@example.org\nBcc: all@example.org"])
    assert mailing.hand_over(letter)[0] == Handed.REFUSED


@pytest.fixture
def uncertain(server):
    """A letter that the server took before it hung up."""
    server.says = {".": HANG_UP}
    written_to(reached(owner=make.user()))
    letter = posted()
    server.says = {}
    assert letter.state == "uncertain"
    return letter


def test_what_a_dead_worker_had_in_hand_is_uncertain_after_a_while_and_never_sent_by_itself():
    written_to()
    assert posting.take(NOW)
    assert posted(NOW + Letter.LEASE - timedelta(seconds=1)).state == "sending"
    assert posted(NOW + Letter.LEASE, times=3).state == "uncertain"
    assert mail.outbox == []


def test_a_slow_worker_that_was_believed_dead_still_notes_what_became_of_it():
    written_to()
    letter, _ = posting.take(NOW)
    posted(NOW + Letter.LEASE)
    posting.settle(letter, Handed.TAKEN, at=NOW)
    assert Letter.objects.get().state == "sent"


def test_once_a_person_decided_the_slow_worker_has_no_say():
    written_to()
    letter, _ = posting.take(NOW)
    posting.send_again(posted(NOW + Letter.LEASE), at=NOW, by=None)
    posting.settle(letter, Handed.REFUSED, at=NOW, said="550 no")
    assert (Letter.objects.get().state, Invitation.objects.get().bounced_at) == ("waiting", None)


def test_a_person_decides_once_what_became_of_an_uncertain_letter(uncertain, server):
    posting.send_again(uncertain, at=NOW, by=None)
    with pytest.raises(Contradicted):
        posting.count_as_sent(uncertain, at=NOW, by=None)
    assert (posted().state, len(server.letters)) == ("sent", 2)
    assert AuditEntry.objects.filter(verb="sends again the letter of").count() == 1


def test_an_answer_by_the_first_link_after_a_person_said_send_again_shows_that_it_was_sent(uncertain, server):
    posting.send_again(uncertain, at=NOW + timedelta(hours=1), by=None)
    Invitation.objects.update(answered_at=NOW + timedelta(hours=2))
    letter = posted(NOW + timedelta(hours=3))
    assert (letter.state, letter.words, len(server.letters)) == ("sent", "", 1)
    assert (letter.invitation.sent_at, letter.invitation.bounced_at) == (NOW, None)


def decided(client, letter, decision):
    page = client.post(reverse("surveys:letter_decide", args=[letter.invitation.uuid]), {"decision": decision}, follow=True)
    letter.refresh_from_db()
    return page


def test_on_the_page_of_the_survey_it_is_counted_as_sent_once(client, uncertain):
    client.force_login(uncertain.invitation.customer.owner)
    address = reverse("surveys:survey", args=["recommendation"])
    assert "Perhaps sent" in client.get(address).text
    assert "It counts as sent." in decided(client, uncertain, "sent").text
    assert (uncertain.state, Invitation.objects.get().sent_at) == ("sent", NOW)
    assert "nothing to decide" in decided(client, uncertain, "again").text
    assert ("Perhaps sent" in client.get(address).text, uncertain.state) == (False, "sent")


def test_an_answer_shows_that_it_was_sent(client, uncertain):
    Invitation.objects.update(answered_at=NOW)
    client.force_login(uncertain.invitation.customer.owner)
    assert "nothing to decide" in decided(client, uncertain, "again").text
    assert uncertain.state == "uncertain"


def test_the_invited_page_says_that_letters_wait(client):
    ingrid = make.user()
    reached(owner=ingrid)
    client.force_login(ingrid)
    page = client.post(reverse("surveys:survey_invite", args=["recommendation"]), {"who": "Ada", "way": "email"})
    assert ("1 letter will be sent" in page.text, mail.outbox) == (True, [])
    assert "1 letter waits to be sent." in client.get(reverse("surveys:survey", args=["recommendation"])).text
