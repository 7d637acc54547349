"""All that is posted under /session: ways in and out, proofs, the password."""

from selfcare_app.endpoints import enrol, entry, proof

ROUTES = [*entry.ROUTES, *enrol.ROUTES, *proof.ROUTES]
