"""A hosted payment's row as a view."""

from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators import Profile
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.payments.hosted_views import HostedView


def view(row: HostedPayment, profile: Profile) -> HostedView:
    """What may be seen of it."""
    return HostedView(
        id=row.id,
        no=row.no,
        way=row.way,
        state=row.state,
        amount=Money(row.amount_minor, row.currency, profile.currency_scale),
        number=Msisdn(row.msisdn),
        is_other=row.is_other,
        created_at=row.created_at,
        finished_at=row.finished_at,
        url=row.url,
        keeps_card=row.keeps_card,
    )
