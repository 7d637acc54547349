"""Forgets what has served its time: codes, admissions, counters, devices, old sessions and journal addresses."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col

from selfcare_app.access.security_tables import Alarm, PasskeyChallenge
from selfcare_app.access.tables import (
    AccessEvent,
    AddressHolding,
    Admission,
    KnownDevice,
    OneTimeCode,
    PictureCheck,
    ProofGiven,
    Quota,
    RecoveryLink,
    RunaActivation,
)
from selfcare_app.kit.actor import System

CODES_KEPT = timedelta(hours=24)
ADDRESSES_KEPT = timedelta(days=90)
ALARMS_KEPT = timedelta(days=365)


def purge(session: Session, actor: System, *, now: datetime) -> int:
    """Deletes rows that nothing asks for any more and takes addresses out of old journal rows; gives how many."""
    doomed = (
        delete(OneTimeCode).where(col(OneTimeCode.created_at) <= now - CODES_KEPT),
        delete(RunaActivation).where(col(RunaActivation.created_at) <= now - CODES_KEPT),
        delete(RecoveryLink).where(col(RecoveryLink.created_at) <= now - CODES_KEPT),
        delete(AddressHolding).where(col(AddressHolding.until) <= now),
        delete(Admission).where(col(Admission.expires_at) <= now - CODES_KEPT),
        delete(ProofGiven).where(col(ProofGiven.expires_at) <= now - CODES_KEPT),
        delete(PictureCheck).where(col(PictureCheck.expires_at) <= now),
        delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now - CODES_KEPT),
        delete(Alarm).where(col(Alarm.at) <= now - ALARMS_KEPT),
        delete(KnownDevice).where(col(KnownDevice.expires_at) <= now),
        delete(Quota).where(col(Quota.resets_at) <= now),
        update(AccessEvent)
        .where(col(AccessEvent.at) <= now - ADDRESSES_KEPT, col(AccessEvent.address) != "")
        .values(address=""),
    )
    return sum(session.execute(statement).rowcount for statement in doomed)  # type: ignore[attr-defined]
