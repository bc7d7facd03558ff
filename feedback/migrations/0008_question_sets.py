"""The shipped question sets, each with a survey that puts it: the first-purchase check, recommendation, satisfaction, opinion."""

from django.db import migrations


def both(formal, first_name):
    return {"formal": formal, "first_name": first_name}


REASON = {
    "en": "Would you like to tell us why?",
    "de": both("Möchten Sie uns sagen, warum?", "Möchtest du uns sagen, warum?"),
    "fr": both("Souhaitez-vous nous dire pourquoi ?", "Veux-tu nous dire pourquoi ?"),
}


def satisfied(slug, position, subject, en, formal_de, de, formal_fr, fr, *, required=False):
    texts = {"en": en, "de": both(formal_de, de), "fr": both(formal_fr, fr)}
    return {"slug": slug, "position": position, "kind": "satisfaction", "subject": subject, "required": required, "texts": texts}


def opinion(position, topic, en, formal_de, de, formal_fr, fr):
    texts = {"en": en, "de": both(formal_de, de), "fr": both(formal_fr, fr)}
    return {"slug": topic, "position": position, "kind": "opinion", "topic": topic, "texts": texts}


def reason(position, of):
    return {"slug": "why", "position": position, "kind": "words", "explains": of, "texts": REASON}


OVERALL = (
    "How satisfied are you with us on the whole?",
    "Wie zufrieden sind Sie insgesamt mit uns?",
    "Wie zufrieden bist du insgesamt mit uns?",
    "Dans l’ensemble, êtes-vous satisfait(e) de nous ?",
    "Dans l’ensemble, es-tu satisfait(e) de nous ?",
)

# slug, name, channel, days a link lasts, about a purchase, one question a screen, questions
SHIPPED = (
    ("first-purchase-check", "First-purchase check", "follow-up", 21, True, False, [
        satisfied(
            "satisfied", 1, "overall", "How satisfied are you with your purchase?",
            "Wie zufrieden sind Sie mit Ihrem Einkauf?", "Wie zufrieden bist du mit deinem Einkauf?",
            "Êtes-vous satisfait(e) de votre achat ?", "Es-tu satisfait(e) de ton achat ?", required=True,
        ),
        reason(2, "satisfied"),
    ]),
    ("recommendation", "Recommendation", "survey", 30, False, False, [
        {
            "slug": "recommend", "position": 1, "kind": "recommendation", "required": True,
            "texts": {
                "en": "How likely are you to recommend us to somebody you know?",
                "de": both(
                    "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
                    "Wie wahrscheinlich ist es, dass du uns weiterempfiehlst?",
                ),
                "fr": both(
                    "Dans quelle mesure nous recommanderiez-vous à une connaissance ?",
                    "Dans quelle mesure nous recommanderais-tu à une connaissance ?",
                ),
            },
        },
        reason(2, "recommend"),
    ]),
    ("satisfaction", "Satisfaction", "survey", 30, False, False, [
        satisfied("overall", 1, "overall", *OVERALL, required=True),
        satisfied(
            "product", 2, "product", "And with what you bought?",
            "Und mit dem, was Sie gekauft haben?", "Und mit dem, was du gekauft hast?",
            "Et de ce que vous avez acheté ?", "Et de ce que tu as acheté ?",
        ),
        satisfied(
            "service", 3, "service", "And with how you were served?",
            "Und damit, wie Sie bedient wurden?", "Und damit, wie du bedient wurdest?",
            "Et de la façon dont vous avez été servi(e) ?", "Et de la façon dont tu as été servi(e) ?",
        ),
        satisfied(
            "after-sales", 4, "after-sales", "And with how we cared for you afterwards?",
            "Und damit, wie wir uns danach um Sie gekümmert haben?", "Und damit, wie wir uns danach um dich gekümmert haben?",
            "Et de notre service après-vente ?", "Et de notre service après-vente ?",
        ),
        reason(5, "overall"),
    ]),
    ("opinion", "Opinion", "survey", 30, False, True, [
        opinion(
            1, "why-buy", "Why do you buy what you buy from us?",
            "Warum kaufen Sie, was Sie bei uns kaufen?", "Warum kaufst du, was du bei uns kaufst?",
            "Pourquoi achetez-vous ce que vous achetez chez nous ?", "Pourquoi achètes-tu ce que tu achètes chez nous ?",
        ),
        opinion(
            2, "how-use", "How do you use it?", "Wie benutzen Sie es?", "Wie benutzt du es?",
            "Comment l’utilisez-vous ?", "Comment l’utilises-tu ?",
        ),
        opinion(
            3, "what-think", "What do you think of it?", "Was halten Sie davon?", "Was hältst du davon?",
            "Qu’en pensez-vous ?", "Qu’en penses-tu ?",
        ),
        opinion(
            4, "why-us", "Why us, rather than somebody else?",
            "Warum kaufen Sie bei uns und nicht anderswo?", "Warum kaufst du bei uns und nicht anderswo?",
            "Pourquoi nous, plutôt qu’un concurrent ?", "Pourquoi nous, plutôt qu’un concurrent ?",
        ),
        opinion(
            5, "experience", "How well does it serve you, and how were you looked after once you had bought it?",
            "Wie gut dient es Ihnen, und wie wurden Sie nach dem Kauf betreut?",
            "Wie gut dient es dir, und wie wurdest du nach dem Kauf betreut?",
            "Vous donne-t-il satisfaction, et comment s’est-on occupé de vous après l’achat ?",
            "Te donne-t-il satisfaction, et comment s’est-on occupé de toi après l’achat ?",
        ),
    ]),
)  # fmt: skip


def ship(apps, schema_editor):
    names = ("QuestionSet", "QuestionSetVersion", "Question", "Survey", "Channel")
    QuestionSet, QuestionSetVersion, Question, Survey, Channel = (apps.get_model("feedback", name) for name in names)
    for slug, name, channel, link_days, per_purchase, paged, questions in SHIPPED:
        of = QuestionSet.objects.create(slug=slug, name=name)
        version = QuestionSetVersion.objects.create(question_set=of, number=1, paged=paged)
        for question in questions:
            Question.objects.create(version=version, **question)
        Survey.objects.create(
            slug=slug, name=name, version=version, channel=Channel.objects.get(slug=channel), link_days=link_days,
            per_purchase=per_purchase,
        )


class Migration(migrations.Migration):
    dependencies = [("feedback", "0007_surveys")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
