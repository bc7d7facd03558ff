"""What customers are asked: sets of questions, in versions that no answer ever loses."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from feedback import languages
from feedback.models.answers import Satisfaction

LONGEST = 5000  # characters of words


class QuestionSet(models.Model):
    """Questions that belong together, under a name for us."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class QuestionSetVersion(models.Model):
    """One wording of a set. Once somebody was invited with it, it never changes: another is made."""

    question_set = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    paged = models.BooleanField(default=False, help_text="One question a screen; otherwise all on one page.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["question_set", "-number"]
        constraints = [models.UniqueConstraint("question_set", "number", name="version_once_per_set")]

    def __str__(self) -> str:
        return f"{self.question_set}, version {self.number}"

    @property
    def fixed(self) -> bool:
        """Whether somebody was asked in these words."""
        return self.invitations.exists()

    def languages(self) -> set[str]:
        """Those in which every question and choice has a text, and the page around them too."""
        texts = [text for question in self.questions.all() for text in question.all_texts()]
        return {one for one in languages.LANGUAGES if all(one in text for text in texts)}

    def again(self) -> QuestionSetVersion:
        """The next version, with the same questions, to be changed."""
        last = self.question_set.versions.latest("number").number
        made = QuestionSetVersion.objects.create(question_set=self.question_set, number=last + 1, paged=self.paged)
        for question in self.questions.all():
            question.pk, question._state.adding, question.version = None, True, made
            question.save()
        return made


SCALES = {"recommendation": range(11), "satisfaction": range(1, 6)}
"""The kinds whose answer is a whole number, and which."""


class Question(models.Model):
    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation", "how likely they recommend us, 0 to 10"
        SATISFACTION = "satisfaction", "how satisfied they are, 1 to 5"
        OPINION = "opinion", "one of the opinion questions, in words"
        WORDS = "words", "words"
        CHOICE = "choice", "one of some choices"

    class Topic(models.TextChoices):
        WHY_BUY = "why-buy", "why they buy"
        HOW_USE = "how-use", "how they use it"
        WHAT_THINK = "what-think", "what they think of it"
        WHY_US = "why-us", "why us rather than a competitor"
        EXPERIENCE = "experience", "experience of performance and after-sales care"
        OTHER = "other", "something else"

    version = models.ForeignKey(QuestionSetVersion, on_delete=models.CASCADE, related_name="questions")
    slug = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    subject = models.CharField(max_length=11, choices=Satisfaction.Subject.choices, blank=True, help_text="Satisfied with what.")
    topic = models.CharField(max_length=10, choices=Topic.choices, blank=True, help_text="Opinion on what.")
    explains = models.SlugField(max_length=40, blank=True, help_text="Words that belong to the score of this question.")
    required = models.BooleanField(default=False, help_text="Without it the answers cannot be sent.")
    texts = models.JSONField(
        validators=[languages.check],
        help_text='{"en": "…", "de": {"formal": "… Sie …", "first_name": "… du …"}}. English is demanded.',
    )
    choices = models.JSONField(default=list, blank=True, help_text='[{"slug": "shop", "texts": {"en": "In the shop"}}, …]')

    class Meta:
        ordering = ["version", "position", "id"]
        constraints = [models.UniqueConstraint("version", "slug", name="question_once_per_version")]

    def __str__(self) -> str:
        return languages.said(self.texts, "en")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.hold()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.hold()
        return super().delete(*args, **kwargs)

    def hold(self) -> None:
        """Refuse to change what somebody was asked."""
        if self.version_id and self.version.fixed:
            raise ValidationError("Customers were asked in these words; make a new version to change them.")

    def clean(self) -> None:
        if self.kind == self.Kind.SATISFACTION and not self.subject:
            raise ValidationError({"subject": "Satisfied with what?"})
        if self.kind == self.Kind.OPINION and not self.topic:
            raise ValidationError({"topic": "An opinion on what?"})
        if self.kind == self.Kind.CHOICE:
            self.check_choices()

    def check_choices(self) -> None:
        rows = self.choices if isinstance(self.choices, list) else []
        slugs = [row.get("slug") for row in rows if isinstance(row, dict)]
        if len(rows) < 2 or len(set(slugs)) < len(rows) or not all(isinstance(s, str) and s.isascii() and s for s in slugs):
            raise ValidationError({"choices": "At least two choices, each with a slug of its own."})
        for row in rows:
            languages.check(row.get("texts"))

    def all_texts(self) -> list[dict[str, Any]]:
        return [self.texts, *(row["texts"] for row in self.choices)]

    def read(self, said: str) -> dict[str, Any]:
        """An answer as it is kept: its number or its words. ValidationError with a code of `feedback.phrases` for what is none."""
        if scale := SCALES.get(self.kind):
            if not (said.isascii() and said.isdecimal() and len(said) <= 2 and int(said) in scale):
                params = {"least": scale[0], "most": scale[-1]}
                raise ValidationError("A whole number from %(least)s to %(most)s.", code="out_of_range", params=params)
            return {"number": int(said), "words": ""}
        if self.kind == self.Kind.CHOICE and said not in {row["slug"] for row in self.choices}:
            raise ValidationError("One of the choices.", code="no_choice")
        if "\0" in said:
            raise ValidationError("It holds a character that cannot be kept.", code="unreadable")
        if len(said) > LONGEST:
            raise ValidationError("At most %(most)s characters.", code="too_long", params={"most": LONGEST, "length": len(said)})
        return {"number": None, "words": said}
