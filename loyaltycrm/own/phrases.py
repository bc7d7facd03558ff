"""What a customer's own page says, in every language it speaks."""

from __future__ import annotations

from typing import Any

from feedback.languages import said
from feedback.phrases import both

PHRASES: dict[str, dict[str, Any]] = {
    "lede": {
        "en": "This is the greater part of what we keep of you; ask us for all of it. If something is not right, say so: somebody looks at it.",
        "de": both(
            "Das ist das meiste, was wir über Sie gespeichert haben; fragen Sie uns nach allem. Wenn etwas nicht stimmt, sagen Sie es: jemand sieht es sich an.",
            "Das ist das meiste, was wir über dich gespeichert haben; frag uns nach allem. Wenn etwas nicht stimmt, sag es: jemand sieht es sich an.",
        ),
        "fr": both(
            "Voici l’essentiel de ce que nous conservons de vous ; demandez-nous le reste. Si quelque chose n’est pas juste, dites-le : quelqu’un s’en occupe.",
            "Voici l’essentiel de ce que nous conservons de toi ; demande-nous le reste. Si quelque chose n’est pas juste, dis-le : quelqu’un s’en occupe.",
        ),
    },
    "until": {
        "en": "This link opens this page until {day}. Keep it to yourself.",
        "de": both(
            "Dieser Link öffnet diese Seite bis {day}. Behalten Sie ihn für sich.",
            "Dieser Link öffnet diese Seite bis {day}. Behalte ihn für dich.",
        ),
        "fr": both(
            "Ce lien ouvre cette page jusqu’au {day}. Gardez-le pour vous.",
            "Ce lien ouvre cette page jusqu’au {day}. Garde-le pour toi.",
        ),
    },
    "title": {"en": "Your page", "de": both("Ihre Seite", "Deine Seite"), "fr": both("Votre page", "Ta page")},
    "about": {"en": "About you", "de": both("Über Sie", "Über dich"), "fr": both("À propos de vous", "À propos de toi")},
    "name": {"en": "Name", "de": "Name", "fr": "Nom"},
    "country": {"en": "Country", "de": "Land", "fr": "Pays"},
    "email": {"en": "E-mail", "de": "E-Mail", "fr": "E-mail"},
    "phone": {"en": "Phone", "de": "Telefon", "fr": "Téléphone"},
    "post": {"en": "Post", "de": "Post", "fr": "Courrier"},
    "standing": {"en": "To us you are", "de": both("Für uns sind Sie", "Für uns bist du"), "fr": both("Pour nous, vous êtes", "Pour nous, tu es")},
    "why": {"en": "Why we say so", "de": "Warum wir das sagen", "fr": "Pourquoi nous le disons"},
    "never_bought": {"en": "No purchase is known to us.", "de": "Wir kennen keinen Einkauf.", "fr": "Nous ne connaissons aucun achat."},
    "bought_once": {"en": "You bought on {day}.", "de": both("Sie haben am {day} gekauft.", "Du hast am {day} gekauft."), "fr": both("Vous avez acheté le {day}.", "Tu as acheté le {day}.")},
    "bought_often": {
        "en": "You bought on {n} days, last on {day}.",
        "de": both("Sie haben an {n} Tagen gekauft, zuletzt am {day}.", "Du hast an {n} Tagen gekauft, zuletzt am {day}."),
        "fr": both("Vous avez acheté {n} jours, la dernière fois le {day}.", "Tu as acheté {n} jours, la dernière fois le {day}."),
    },
    "told": {
        "en": "You told others about us on {day}.",
        "de": both("Sie haben uns am {day} empfohlen.", "Du hast uns am {day} empfohlen."),
        "fr": both("Vous avez parlé de nous le {day}.", "Tu as parlé de nous le {day}."),
    },
    "scored": {
        "en": "On {day} you gave us {score} of 10.",
        "de": both("Am {day} gaben Sie uns {score} von 10.", "Am {day} gabst du uns {score} von 10."),
        "fr": both("Le {day}, vous nous avez donné {score} sur 10.", "Le {day}, tu nous as donné {score} sur 10."),
    },
    "bought": {"en": "What you bought", "de": both("Was Sie gekauft haben", "Was du gekauft hast"), "fr": both("Vos achats", "Tes achats")},
    "back": {"en": "taken back on {day}", "de": "zurückgenommen am {day}", "fr": "repris le {day}"},
    "answers": {"en": "What you told us", "de": both("Was Sie uns gesagt haben", "Was du uns gesagt hast"), "fr": both("Ce que vous nous avez dit", "Ce que tu nous as dit")},
    "of_ten": {"en": "{score} of 10", "de": "{score} von 10", "fr": "{score} sur 10"},
    "of_five": {"en": "{score} of 5", "de": "{score} von 5", "fr": "{score} sur 5"},
    "complaints": {"en": "Your complaints, and what came of them", "de": both("Ihre Beschwerden, und was daraus wurde", "Deine Beschwerden, und was daraus wurde"), "fr": both("Vos réclamations et leurs suites", "Tes réclamations et leurs suites")},
    "waits": {"en": "we owe you an answer by {day}", "de": both("wir schulden Ihnen eine Antwort bis {day}", "wir schulden dir eine Antwort bis {day}"), "fr": both("nous vous devons une réponse avant le {day}", "nous te devons une réponse avant le {day}")},
    "answered": {"en": "answered on {day}: “{words}”", "de": "beantwortet am {day}: „{words}“", "fr": "répondu le {day} : « {words} »"},
    "answered_only": {"en": "answered on {day}", "de": "beantwortet am {day}", "fr": "répondu le {day}"},
    "asked": {"en": "What we asked you, and why", "de": both("Was wir Sie gefragt haben, und warum", "Was wir dich gefragt haben, und warum"), "fr": both("Ce que nous vous avons demandé, et pourquoi", "Ce que nous t’avons demandé, et pourquoi")},
    "as_customer": {"en": "because you are a customer of ours", "de": both("weil Sie bei uns Kundin oder Kunde sind", "weil du bei uns Kundin oder Kunde bist"), "fr": both("car vous êtes client(e) chez nous", "car tu es client(e) chez nous")},
    "as_buyer": {"en": "because you bought on {day}", "de": both("weil Sie am {day} gekauft haben", "weil du am {day} gekauft hast"), "fr": both("car vous avez acheté le {day}", "car tu as acheté le {day}")},
    "more": {"en": "and {n} older: ask us for them", "de": both("und {n} ältere: fragen Sie uns danach", "und {n} ältere: frag uns danach"), "fr": both("et {n} plus anciens : demandez-les-nous", "et {n} plus anciens : demande-les-nous")},
    "none": {"en": "Nothing.", "de": "Nichts.", "fr": "Rien."},
    "wrong": {"en": "That’s not right", "de": "Das stimmt nicht", "fr": "Ce n’est pas juste"},
    "anything": {"en": "something else, or something missing", "de": "etwas anderes, oder etwas fehlt", "fr": "autre chose, ou un oubli"},
    "say_wrong": {"en": "What is not right?", "de": "Was stimmt nicht?", "fr": "Qu’est-ce qui n’est pas juste ?"},
    "wrong_promise": {
        "en": "You read our answer here within {n} days.",
        "de": both("Sie lesen unsere Antwort hier innerhalb von {n} Tagen.", "Du liest unsere Antwort hier innerhalb von {n} Tagen."),
        "fr": both("Vous lirez notre réponse ici sous {n} jours.", "Tu liras notre réponse ici sous {n} jours."),
    },
    "send": {"en": "Send", "de": "Absenden", "fr": "Envoyer"},
    "corrections": {"en": "What you said is not right", "de": both("Was Ihrer Meinung nach nicht stimmt", "Was deiner Meinung nach nicht stimmt"), "fr": both("Ce que vous avez signalé", "Ce que tu as signalé")},
    "corrected": {"en": "put right on {day}: “{words}”", "de": "berichtigt am {day}: „{words}“", "fr": "rectifié le {day} : « {words} »"},
    "kept": {"en": "left as it is, {day}: “{words}”", "de": "so gelassen, {day}: „{words}“", "fr": "laissé tel quel, {day} : « {words} »"},
    "preferences": {"en": "How we reach you", "de": both("Wie wir Sie erreichen", "Wie wir dich erreichen"), "fr": both("Comment vous joindre", "Comment te joindre")},
    "ways": {"en": "You may reach me by", "de": "Erreichbar bin ich gern per", "fr": "On peut me joindre par"},
    "stop": {"en": "Do not contact me at all", "de": "Gar nicht mit mir in Kontakt treten", "fr": "Ne pas me contacter du tout"},
    "language": {"en": "Language", "de": "Sprache", "fr": "Langue"},
    "address": {"en": "Address me", "de": "Anrede", "fr": "S’adresser à moi"},
    "first_name": {"en": "by first name", "de": "mit Vornamen und du", "fr": "par mon prénom"},
    "formal": {"en": "formally", "de": "förmlich", "fr": "avec le vous"},
    "unsaid": {"en": "as you like", "de": "wie es passt", "fr": "comme il convient"},
    "keep": {"en": "Save", "de": "Speichern", "fr": "Enregistrer"},
    "done_preferences": {"en": "Saved. It holds from now on.", "de": "Gespeichert. Es gilt ab sofort.", "fr": "Enregistré. Cela vaut dès maintenant."},
    "done_correction": {"en": "We have it. The answer will stand here.", "de": "Angekommen. Die Antwort wird hier stehen.", "fr": "Bien reçu. La réponse se trouvera ici."},
    "empty": {"en": "Say in a few words what is not right.", "de": both("Sagen Sie kurz, was nicht stimmt.", "Sag kurz, was nicht stimmt."), "fr": both("Dites en quelques mots ce qui n’est pas juste.", "Dis en quelques mots ce qui n’est pas juste.")},
    "too_long": {"en": "At most {n} characters, please.", "de": "Bitte höchstens {n} Zeichen.", "fr": "{n} caractères au plus, s’il vous plaît."},
    "too_many": {
        "en": "{n} already wait for our answer. More fit in once we have answered some; or call us.",
        "de": both("{n} warten schon auf unsere Antwort. Weitere gehen, sobald wir einige beantwortet haben; oder rufen Sie an.", "{n} warten schon auf unsere Antwort. Weitere gehen, sobald wir einige beantwortet haben; oder ruf an."),
        "fr": both("{n} attendent déjà notre réponse. D’autres pourront suivre ; ou appelez-nous.", "{n} attendent déjà notre réponse. D’autres pourront suivre ; ou appelle-nous."),
    },
    "not_understood": {"en": "We could not read what was sent. Nothing was changed.", "de": "Das Gesendete war nicht lesbar. Nichts wurde geändert.", "fr": "Envoi illisible. Rien n’a été changé."},
    "expired": {"en": "This link has expired.", "de": "Dieser Link ist abgelaufen.", "fr": "Ce lien a expiré."},
    "expired_words": {"en": "Ask us for another one.", "de": both("Fragen Sie uns nach einem neuen.", "Frag uns nach einem neuen."), "fr": both("Demandez-nous-en un autre.", "Demande-nous-en un autre.")},
    "forged": {"en": "There is nothing at this link.", "de": "Unter diesem Link gibt es nichts.", "fr": "Il n’y a rien à ce lien."},
    "forged_words": {
        "en": "Perhaps a part of it is missing: copy the whole link, or ask us for another one.",
        "de": "Vielleicht fehlt ein Stück: den ganzen Link kopieren, oder nach einem neuen fragen.",
        "fr": "Il en manque peut-être une partie : copier le lien entier, ou en demander un autre.",
    },
}  # fmt: skip

LABELS: dict[str, dict[str, Any]] = {
    "New here": {"en": "New here", "de": "Neu hier", "fr": "Nouveau chez nous"},
    "Interested": {"en": "Interested", "de": "Interessiert", "fr": "Intéressé(e)"},
    "New customer": {"en": "New customer", "de": "Neukunde", "fr": "Nouveau client"},
    "Customer": {"en": "Customer", "de": "Kunde", "fr": "Client(e)"},
    "Regular customer": {"en": "Regular customer", "de": "Stammkunde", "fr": "Client(e) fidèle"},
    "Friend of the house": {"en": "Friend of the house", "de": "Freund des Hauses", "fr": "Ami(e) de la maison"},
    "Not seen for a while": {"en": "Not seen for a while", "de": "Länger nicht gesehen", "fr": "Pas vu(e) depuis un moment"},
    "Not in touch": {"en": "Not in touch", "de": "Nicht in Kontakt", "fr": "Pas en contact"},
}
"""Of the primary ladder as it is shipped; a label of the business's own is shown as it is."""


def phrase(name: str, language: str, address: str = "", /, **values: object) -> str:
    """A phrase with its blanks filled in."""
    return said(PHRASES[name], language, address).format(**values)


def label(text: str, language: str) -> str:
    return said(LABELS[text], language) if text in LABELS else text
