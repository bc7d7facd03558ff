"""What the public page and the letters of surveys say around the questions, in every language they speak."""

from __future__ import annotations

from typing import Any

from feedback.languages import said


def both(formal: str, first_name: str) -> dict[str, str]:
    return {"formal": formal, "first_name": first_name}


PHRASES: dict[str, dict[str, Any]] = {
    "hello": {
        "en": both("Good day, {name}", "Hello {name}"),
        "de": both("Guten Tag, {name}", "Hallo {name}"),
        "fr": both("Bonjour {name}", "Bonjour {name}"),
    },
    "lede": {
        "en": "Thank you for taking a moment.",
        "de": both("Danke, dass Sie sich einen Augenblick nehmen.", "Danke, dass du dir einen Augenblick nimmst."),
        "fr": both("Merci de nous accorder un instant.", "Merci de nous accorder un instant."),
    },
    "promise": {
        "en": "As thanks for your answer, whatever it is: {what}",
        "de": both(
            "Als Dank für Ihre Antwort, wie immer sie ausfällt: {what}",
            "Als Dank für deine Antwort, wie immer sie ausfällt: {what}",
        ),
        "fr": both(
            "Pour vous remercier de votre réponse, quelle qu’elle soit : {what}",
            "Pour te remercier de ta réponse, quelle qu’elle soit : {what}",
        ),
    },
    "step": {"en": "Question {at} of {of}", "de": "Frage {at} von {of}", "fr": "Question {at} sur {of}"},
    "least_likely": {"en": "0: not at all", "de": "0: gar nicht", "fr": "0 : pas du tout"},
    "most_likely": {"en": "10: certainly", "de": "10: ganz sicher", "fr": "10 : certainement"},
    "least_satisfied": {"en": "1: not at all", "de": "1: gar nicht", "fr": "1 : pas du tout"},
    "most_satisfied": {"en": "5: entirely", "de": "5: ganz und gar", "fr": "5 : tout à fait"},
    "optional": {"en": "optional", "de": "freiwillig", "fr": "facultatif"},
    "send": {"en": "Send", "de": "Absenden", "fr": "Envoyer"},
    "next": {"en": "Next", "de": "Weiter", "fr": "Suivant"},
    "back": {"en": "Back", "de": "Zurück", "fr": "Retour"},
    "later": {"en": "Go on later", "de": "Später weitermachen", "fr": "Continuer plus tard"},
    "until": {
        "en": "This link is for you alone. It can be answered once, until {day}; until then what you have sent is kept.",
        "de": both(
            "Dieser Link ist nur für Sie. Er gilt für eine Antwort, bis {day}; so lange bewahren wir auf, was Sie schon gesagt haben.",
            "Dieser Link ist nur für dich. Er gilt für eine Antwort, bis {day}; so lange bewahren wir auf, was du schon gesagt hast.",
        ),
        "fr": both(
            "Ce lien est pour vous seul(e). Il permet une réponse, jusqu’au {day} ; d’ici là, ce que vous avez dit est conservé.",
            "Ce lien est pour toi seul(e). Il permet une réponse, jusqu’au {day} ; d’ici là, ce que tu as dit est conservé.",
        ),
    },
    "wrong": {
        "en": "Something is not right yet; see below. Nothing else you have said is lost.",
        "de": both(
            "Etwas stimmt noch nicht, siehe unten. Alles andere, was Sie gesagt haben, ist aufgehoben.",
            "Etwas stimmt noch nicht, siehe unten. Alles andere, was du gesagt hast, ist aufgehoben.",
        ),
        "fr": both(
            "Quelque chose ne va pas encore, voir ci-dessous. Rien d’autre de ce que vous avez dit n’est perdu.",
            "Quelque chose ne va pas encore, voir ci-dessous. Rien d’autre de ce que tu as dit n’est perdu.",
        ),
    },
    "too_large": {
        "en": "That was more than can be sent at once, and it was not read. What you sent before is kept.",
        "de": both(
            "Das war mehr, als auf einmal gesendet werden kann, und wurde nicht gelesen. Was Sie vorher gesendet haben, ist aufgehoben.",
            "Das war mehr, als auf einmal gesendet werden kann, und wurde nicht gelesen. Was du vorher gesendet hast, ist aufgehoben.",
        ),
        "fr": both(
            "C’était plus que ce qui peut être envoyé en une fois, et n’a pas été lu. Ce que vous avez envoyé avant est conservé.",
            "C’était plus que ce qui peut être envoyé en une fois, et n’a pas été lu. Ce que tu as envoyé avant est conservé.",
        ),
    },
    "out_of_range": {
        "en": "Choose a number from {least} to {most}.",
        "de": both("Bitte wählen Sie eine Zahl von {least} bis {most}.", "Bitte wähle eine Zahl von {least} bis {most}."),
        "fr": both("Choisissez un nombre de {least} à {most}.", "Choisis un nombre de {least} à {most}."),
    },
    "no_choice": {
        "en": "Choose one of these.",
        "de": both("Bitte wählen Sie eine davon.", "Bitte wähle eine davon."),
        "fr": both("Choisissez l’une de ces réponses.", "Choisis l’une de ces réponses."),
    },
    "required": {
        "en": "We need this one.",
        "de": both("Diese Antwort brauchen wir.", "Diese Antwort brauchen wir."),
        "fr": both("Il nous faut cette réponse.", "Il nous faut cette réponse."),
    },
    "nothing": {
        "en": "Nothing is answered yet; one answer is enough.",
        "de": "Noch ist nichts beantwortet; eine Antwort genügt.",
        "fr": "Rien n’est encore répondu ; une seule réponse suffit.",
    },
    "unreadable": {
        "en": "This holds a character that cannot be kept.",
        "de": "Hier steht ein Zeichen, das nicht aufbewahrt werden kann.",
        "fr": "Ce texte contient un caractère qui ne peut être conservé.",
    },
    "too_long": {
        "en": "This has {length} characters, and at most {most} can be kept. Please shorten it.",
        "de": both(
            "Das sind {length} Zeichen; höchstens {most} können wir aufbewahren. Bitte kürzen Sie es.",
            "Das sind {length} Zeichen; höchstens {most} können wir aufbewahren. Bitte kürze es.",
        ),
        "fr": both(
            "Ce texte a {length} caractères ; {most} au plus peuvent être conservés. Raccourcissez-le, s’il vous plaît.",
            "Ce texte a {length} caractères ; {most} au plus peuvent être conservés. Raccourcis-le, s’il te plaît.",
        ),
    },
    "survey": {"en": "Your opinion", "de": both("Ihre Meinung", "Deine Meinung"), "fr": both("Votre avis", "Ton avis")},
    "thanks": {
        "en": "Thank you. Your answers have arrived.",
        "de": both("Danke. Ihre Antworten sind angekommen.", "Danke. Deine Antworten sind angekommen."),
        "fr": both("Merci. Vos réponses sont arrivées.", "Merci. Tes réponses sont arrivées."),
    },
    "thanks_words": {
        "en": "Somebody reads each of them. You can close this page.",
        "de": both("Jede wird gelesen. Sie können diese Seite schließen.", "Jede wird gelesen. Du kannst diese Seite schließen."),
        "fr": both("Chacune est lue. Vous pouvez fermer cette page.", "Chacune est lue. Tu peux fermer cette page."),
    },
    "kept": {
        "en": "What you have said is kept.",
        "de": both("Was Sie gesagt haben, ist aufgehoben.", "Was du gesagt hast, ist aufgehoben."),
        "fr": both("Ce que vous avez dit est conservé.", "Ce que tu as dit est conservé."),
    },
    "kept_words": {
        "en": "Open the same link again before {day} to go on and send it.",
        "de": both(
            "Öffnen Sie denselben Link vor dem {day} noch einmal, um weiterzumachen und abzusenden.",
            "Öffne denselben Link vor dem {day} noch einmal, um weiterzumachen und abzusenden.",
        ),
        "fr": both(
            "Rouvrez le même lien avant le {day} pour continuer et envoyer.",
            "Rouvre le même lien avant le {day} pour continuer et envoyer.",
        ),
    },
    "used": {
        "en": "This has been answered already.",
        "de": "Hier wurde schon geantwortet.",
        "fr": "Il a déjà été répondu.",
    },
    "used_words": {
        "en": "The answers arrived and are kept as they were sent. A link works once.",
        "de": "Die Antworten sind angekommen und bleiben, wie sie gesendet wurden. Ein Link gilt einmal.",
        "fr": "Les réponses sont arrivées et restent telles quelles. Un lien ne sert qu’une fois.",
    },
    "expired": {"en": "This link has expired.", "de": "Dieser Link ist abgelaufen.", "fr": "Ce lien a expiré."},
    "expired_words": {
        "en": "It could be answered until {day}. Write or call us: we still want to hear from you.",
        "de": both(
            "Er galt bis {day}. Schreiben Sie uns oder rufen Sie an: wir hören immer noch gern von Ihnen.",
            "Er galt bis {day}. Schreib uns oder ruf an: wir hören immer noch gern von dir.",
        ),
        "fr": both(
            "Il était valable jusqu’au {day}. Écrivez-nous ou appelez : votre avis nous intéresse toujours.",
            "Il était valable jusqu’au {day}. Écris-nous ou appelle : ton avis nous intéresse toujours.",
        ),
    },
    "closed": {"en": "This survey is closed.", "de": "Diese Umfrage ist beendet.", "fr": "Cette enquête est close."},
    "closed_words": {
        "en": "No more answers are taken. Write or call us: we still want to hear from you.",
        "de": both(
            "Es werden keine Antworten mehr angenommen. Schreiben Sie uns oder rufen Sie an.",
            "Es werden keine Antworten mehr angenommen. Schreib uns oder ruf an.",
        ),
        "fr": both(
            "Les réponses ne sont plus acceptées. Écrivez-nous ou appelez.",
            "Les réponses ne sont plus acceptées. Écris-nous ou appelle.",
        ),
    },
    "forged": {
        "en": "There is no survey at this link.",
        "de": "Unter diesem Link gibt es keine Umfrage.",
        "fr": "Aucune enquête à ce lien.",
    },
    "forged_words": {
        "en": "Perhaps a part of it is missing: copy the whole link from the message, or ask whoever sent it.",
        "de": "Vielleicht fehlt ein Stück: den ganzen Link aus der Nachricht kopieren, oder beim Absender nachfragen.",
        "fr": "Il en manque peut-être une partie : copier le lien entier du message, ou demander à l’expéditeur.",
    },
    "subject": {
        "en": "A question from {business}",
        "de": "Eine Frage von {business}",
        "fr": "Une question de {business}",
    },
    "letter": {
        "en": "we would like to know what you think. It takes a moment, and you need not sign in:",
        "de": both(
            "wir wüssten gern, was Sie denken. Es dauert einen Augenblick, ohne Anmeldung:",
            "wir wüssten gern, was du denkst. Es dauert einen Augenblick, ohne Anmeldung:",
        ),
        "fr": both(
            "nous aimerions connaître votre avis. Un instant suffit, sans inscription :",
            "nous aimerions connaître ton avis. Un instant suffit, sans inscription :",
        ),
    },
    "no_more": {
        "en": "No more e-mail from us, by one click: {address}",
        "de": "Keine E-Mails mehr von uns, mit einem Klick: {address}",
        "fr": "Plus d’e-mails de notre part, en un clic : {address}",
    },
    "unsubscribe": {"en": "No more e-mail?", "de": "Keine E-Mails mehr?", "fr": "Plus d’e-mails ?"},
    "unsubscribe_words": {
        "en": "Press the button, and {business} sends you no more e-mail, from now on.",
        "de": both(
            "Ein Druck auf den Knopf, und {business} schickt Ihnen ab sofort keine E-Mails mehr.",
            "Ein Druck auf den Knopf, und {business} schickt dir ab sofort keine E-Mails mehr.",
        ),
        "fr": both(
            "Appuyez sur le bouton, et {business} ne vous enverra plus d’e-mails, dès maintenant.",
            "Appuie sur le bouton, et {business} ne t’enverra plus d’e-mails, dès maintenant.",
        ),
    },
    "unsubscribe_do": {"en": "No more e-mail", "de": "Keine E-Mails mehr", "fr": "Plus d’e-mails"},
    "unsubscribed": {
        "en": "You get no more e-mail.",
        "de": both("Sie bekommen keine E-Mails mehr.", "Du bekommst keine E-Mails mehr."),
        "fr": both("Vous ne recevrez plus d’e-mails.", "Tu ne recevras plus d’e-mails."),
    },
    "unsubscribed_words": {
        "en": "{business} has noted it. You can close this page.",
        "de": both(
            "{business} hat es vermerkt. Sie können diese Seite schließen.",
            "{business} hat es vermerkt. Du kannst diese Seite schließen.",
        ),
        "fr": both(
            "{business} en a pris note. Vous pouvez fermer cette page.", "{business} en a pris note. Tu peux fermer cette page."
        ),
    },
    "no_unsubscribing": {
        "en": "This link is not complete.",
        "de": "Dieser Link ist nicht vollständig.",
        "fr": "Ce lien n’est pas complet.",
    },
    "no_unsubscribing_words": {
        "en": "Copy the whole link from the message, or write to whoever sent it.",
        "de": "Den ganzen Link aus der Nachricht kopieren, oder dem Absender schreiben.",
        "fr": "Copier le lien entier du message, ou écrire à l’expéditeur.",
    },
    "because": {
        "en": "You get this because you are a customer of {business}.",
        "de": both(
            "Sie bekommen dies, weil Sie bei {business} Kundin oder Kunde sind.",
            "Du bekommst dies, weil du bei {business} Kundin oder Kunde bist.",
        ),
        "fr": both(
            "Vous recevez ceci en tant que client(e) de {business}.",
            "Tu reçois ceci en tant que client(e) de {business}.",
        ),
    },
    "because_bought": {
        "en": "You get this because you bought from {business} on {day}. We ask once about a purchase.",
        "de": both(
            "Sie bekommen dies, weil Sie am {day} bei {business} gekauft haben. Nach einem Einkauf fragen wir einmal.",
            "Du bekommst dies, weil du am {day} bei {business} gekauft hast. Nach einem Einkauf fragen wir einmal.",
        ),
        "fr": both(
            "Vous recevez ceci car vous avez acheté chez {business} le {day}. Nous ne demandons qu’une fois par achat.",
            "Tu reçois ceci car tu as acheté chez {business} le {day}. Nous ne demandons qu’une fois par achat.",
        ),
    },
}


def phrase(name: str, language: str, address: str = "", /, **values: object) -> str:
    """A phrase with its blanks filled in."""
    return said(PHRASES[name], language, address).format(**values)
