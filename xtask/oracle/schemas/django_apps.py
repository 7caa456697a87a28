"""Create the tables of Django's contributed applications and of some others, by their migrations."""

import os
import sys
import tempfile

import django
import sqlalchemy as sa
from django.conf import settings
from django.core.management import call_command

ENGINES = {"postgresql": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}
# The connection compares as the columns do.
OPTIONS = {"mysql": {"charset": "utf8mb4", "collation": "utf8mb4_unicode_ci"}}
GROUPS = {
    "contrib": ["admin", "auth", "contenttypes", "flatpages", "messages", "redirects", "sessions", "sites"],
    "allauth": ["allauth", "allauth.account", "allauth.socialaccount", "allauth.mfa", "allauth.usersessions",
                "oauth2_provider", "guardian", "taggit", "django_celery_beat", "django_celery_results"],
    "wagtail": ["wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.contrib.search_promotions",
                "wagtail.contrib.settings", "wagtail.embeds", "wagtail.sites", "wagtail.users", "wagtail.snippets",
                "wagtail.documents", "wagtail.images", "wagtail.search", "wagtail.admin", "wagtail", "modelcluster",
                "taggit"],
}


def main(group):
    url = sa.make_url(os.environ["DATABASE_URL"])
    apps = [f"django.contrib.{name}" for name in GROUPS["contrib"]]
    apps += [name for name in GROUPS[group] if group != "contrib"]
    if url.get_backend_name() == "postgresql":
        apps.append("django.contrib.postgres")
    settings.configure(
        DATABASES={"default": {
            "ENGINE": f"django.db.backends.{ENGINES[url.get_backend_name()]}", "NAME": url.database,
            "OPTIONS": OPTIONS.get(url.get_backend_name(), {}),
            "HOST": url.host or "",
            "PORT": url.port or "",
            "USER": url.username or "",
            "PASSWORD": url.password or "",
        }},
        INSTALLED_APPS=apps,
        SECRET_KEY="a test's",
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        WAGTAIL_SITE_NAME="a test",
        WAGTAILADMIN_BASE_URL="http://localhost",
        STATIC_URL="/static/",
        MEDIA_ROOT=tempfile.mkdtemp(),
        SILENCED_SYSTEM_CHECKS=["models.W036", "mysql.E001"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware",
                    "allauth.account.middleware.AccountMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
            "context_processors": ["django.template.context_processors.request",
                                   "django.contrib.auth.context_processors.auth",
                                   "django.contrib.messages.context_processors.messages"]}}],
    )
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)


main(sys.argv[1])
