"""What the business sells."""

from __future__ import annotations

from django.db import models

from customers.days import DayField


class Category(models.Model):
    """A kind of product. It counts for coverage from 365 days after it was first sold."""

    name = models.CharField(max_length=100, unique=True)
    first_sold = DayField(help_text="The day it was first on sale.")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A thing that can be bought, by the code its source gives it."""

    source = models.ForeignKey("customers.Source", on_delete=models.PROTECT, related_name="products")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products")

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint("source", "code", name="product_once_per_source")]

    def __str__(self) -> str:
        return self.name or self.code
