"""All that is posted under /session: ways in and out, proofs, the password."""

from selfcare_app.endpoints import act, check, enrol, entry, guarded, letters, network, proof, runa

_MODULES = (entry, enrol, proof, check, act, runa, letters, network, guarded)

ROUTES = [route for module in _MODULES for route in module.ROUTES]
