"""The API against its own description: whatever the schema allows is answered as it says, and nothing fails."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance  # what is right JSON may still name nobody

from loyaltycrm.wsgi import application
from tests import factories as make
from tests.test_api import key, post, purchase

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)  # the application closes its connections
EXAMPLES = 12  # an operation


@pytest.fixture
def described(db):
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)


@pytest.fixture
def authorization(db):
    client = key()
    post(client, "purchases", purchase())
    make.purchase(make.customer("Ben"), make.DAY_0)
    return client._credentials["HTTP_AUTHORIZATION"]


def test_every_operation_answers_as_described(described, authorization):
    failures = []
    for operation in (result.ok() for result in described.get_all_operations()):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
        @given(case=operation.as_strategy())
        def holds(case):
            case.call_and_validate(headers={"Authorization": authorization}, excluded_checks=[positive_data_acceptance])

        try:
            holds()
        except (BaseExceptionGroup, Exception) as failed:
            failures.append(f"{operation.label}: {failed}")
    assert not failures, "\n\n".join(failures)
