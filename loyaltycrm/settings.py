"""All settings, from the environment. `.env.example` names every variable that is read here."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from loyaltycrm import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
VAR_DIR = environment.folder("VAR_DIR", env.str("VAR_DIR", default=str(BASE_DIR / "var")))


def demanded_in_production(name: str, why: str) -> str:
    """The variable's value; in production an empty one refuses to start and says what it is for."""
    value: str = env.str(name, default="")
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"PRODUCTION=1 needs {name}: {why}.")
    return value


def generated_secret() -> str:
    """A secret of this installation, made once and kept in VAR_DIR, readable by its owner only."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = demanded_in_production("SECRET_KEY", "it signs sessions; make one with 50 random characters") or generated_secret()
if PRODUCTION and len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("PRODUCTION=1 needs a SECRET_KEY of at least 40 characters.")
ALLOWED_HOSTS = [h for h in demanded_in_production("ALLOWED_HOSTS", "the host names it answers to, with commas").split(",") if h] or [
    "localhost", "127.0.0.1", "[::1]",
]  # fmt: skip
if PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("PRODUCTION=1 refuses ALLOWED_HOSTS=*: name the hosts.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORT = environment.number("PORT", env.str("PORT", default="8000"))
BUSINESS_TIME_ZONE = environment.zone("BUSINESS_TIME_ZONE", env.str("BUSINESS_TIME_ZONE", default="UTC"))
BUSINESS_CURRENCY = environment.currency("BUSINESS_CURRENCY", env.str("BUSINESS_CURRENCY", default="EUR"))
BUSINESS_NAME = env.str("BUSINESS_NAME", default="loyaltycrm")

# --- asking customers -----------------------------------------------------------------------------
RESURVEY_DAYS = environment.days("RESURVEY_DAYS", env.str("RESURVEY_DAYS", default="90"))
SEND_EMAIL = env.bool("SEND_EMAIL", default=False)
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="loyaltycrm@localhost")
EMAIL_TIMEOUT = 10
PUBLIC_URL = environment.address(
    "PUBLIC_URL", env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")
)  # a worker sees no request
if PRODUCTION and SEND_EMAIL and not PUBLIC_URL.startswith("https://"):
    raise ImproperlyConfigured(
        f"PRODUCTION=1 with SEND_EMAIL refuses PUBLIC_URL={PUBLIC_URL}: no customer can open such a link safely. "
        "Say how customers reach this site, like https://crm.example.com."
    )

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "rest_framework",
    "template_partials",
    "accounts",
    "customers",
    "feedback",
    "ladder",
    "loyaltycrm",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "loyaltycrm.urls"
WSGI_APPLICATION = "loyaltycrm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loyaltycrm.context.shell",
            ],
            "builtins": ["heroicons.templatetags.heroicons"],
        },
    }
]

# --- stores ---------------------------------------------------------------------------------------
DATABASE_URL = demanded_in_production("DATABASE_URL", "a PostgreSQL address, postgres://user:password@host/name")
DATABASES: dict[str, dict[str, Any]] = {
    "default": environment.database("DATABASE_URL", DATABASE_URL or f"sqlite:///{VAR_DIR / 'loyaltycrm.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    if PRODUCTION:
        raise ImproperlyConfigured("PRODUCTION=1 needs PostgreSQL: set DATABASE_URL to a postgres:// address.")
    # One writer at a time, readers never wait for it; a second writer waits up to 20 s instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out the columns that a covering index adds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = environment.redis(
    "REDIS_URL", demanded_in_production("REDIS_URL", "the Redis address that wakes the workers, redis://host:6379/0")
)

# --- people ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.authentication.WithTeam"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"

# --- browser --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = BUSINESS_TIME_ZONE
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- REST -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.MayUse"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.parsing.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "accounts.rest.as_problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "loyaltycrm",
    "VERSION": "1",
    "DESCRIPTION": "Where every customer stands on the way from suspect to advocate, why, and what to do next.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "EditionStateEnum": "ladder.reigns.STATES",
        "TryingStateEnum": "ladder.models.simulations.STATES",
        "RecommendationKindEnum": "feedback.models.Recommendation.Kind",
        "InvolvementKindEnum": "customers.models.Involvement.Kind",
        "SeverityEnum": "feedback.models.Severity",
        "RemedyKindEnum": "feedback.models.Remedy.Kind",
        "RemedyStateEnum": "feedback.models.Remedy.State",
        "ComplaintStateEnum": "feedback.models.Complaint.State",
        "ComplaintStepKindEnum": "feedback.models.ComplaintStep.Kind",
        "FailureKindEnum": "feedback.models.Failure.Kind",
        "SuggestionStateEnum": "feedback.models.Suggestion.State",
        "ActionStateEnum": "ladder.models.actions.State",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "accounts.rest.describe_problems"],
}

# --- Celery ---------------------------------------------------------------------------------------
# Without Redis the queue is a folder. That transport may lose a message on kill -9, which costs
# nothing: messages are wake-ups, and the tick finds in the database what there is to do.
QUEUE_DIR = VAR_DIR / "queue"
VISIBILITY_TIMEOUT = 3600
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "socket_timeout": 10,
        "socket_connect_timeout": 2,
        "max_retries": 1,
    }
else:
    for folder in ("messages", "processed", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "loyaltycrm.embedded:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
    }
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
# A long file or a slow mail server never keeps the ranking waiting.
CELERY_TASK_ROUTES = {"customers.tasks.*": {"queue": "imports"}, "feedback.tasks.post": {"queue": "imports"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BEAT_SCHEDULE = {
    # A tick that nobody took in time is worth nothing: the next one finds the same work.
    "rank what is stale": {"task": "ladder.tasks.tick", "schedule": 2.0, "options": {"expires": 10}},
    "bring in uploaded files": {"task": "customers.tasks.bring_in", "schedule": 3.0, "options": {"expires": 10}},
    "try drafts of rules": {"task": "ladder.tasks.simulate", "schedule": 3.0, "options": {"expires": 10}},
    "send letters": {"task": "feedback.tasks.post", "schedule": 3.0, "options": {"expires": 10}},
    "propose themes": {"task": "feedback.tasks.liken", "schedule": 60.0, "options": {"expires": 50}},
    "close the loop": {"task": "ladder.tasks.close", "schedule": 30.0, "options": {"expires": 25}},
    "rank the night": {"task": "ladder.tasks.night", "schedule": 300.0, "options": {"expires": 250}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"tokens": {"()": "loyaltycrm.redacting.WithoutTokens"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "loggers": {
        # It warns at every start that a queue in a folder has no host name.
        "kombu.connection": {"level": "ERROR"},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": environment.level("LOG_LEVEL", env.str("LOG_LEVEL", default="WARNING"))},
}
