# One image for web, worker and beat.
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/loyaltycrm
WORKDIR /app
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
RUN useradd --system --home-dir /var/lib/loyaltycrm --create-home loyalty \
    && VAR_DIR=/tmp/build python manage.py collectstatic --noinput \
    && mv /tmp/build/static /app/collected && rm -rf /tmp/build
ENV STATIC_ROOT=/app/collected
USER loyalty
VOLUME /var/lib/loyaltycrm
EXPOSE 8000
CMD ["gunicorn", "loyaltycrm.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
