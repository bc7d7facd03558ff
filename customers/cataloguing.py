"""Finding what somebody means by a product's name, and giving a name of its own to what is new."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from customers.models import Product, Source


def named(words: str) -> Product:
    """The product with this code or name; words nobody has used yet become a product of our own."""
    known = Product.objects.filter(Q(code__iexact=words) | Q(name__iexact=words)).order_by("pk").first()
    return known or Product.objects.get_or_create(source=Source.objects.get(slug="here"), code=words, defaults={"name": words})[0]


def like(words: str, *, most: int = 20) -> QuerySet[Product]:
    """Products to propose while somebody types."""
    return Product.objects.filter(Q(code__istartswith=words) | Q(name__icontains=words)).order_by("name", "code")[:most]
