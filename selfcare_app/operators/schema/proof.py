"""Which fresh proof an act asks for."""

from selfcare_app.operators.schema.access import LineMethods, Methods
from selfcare_app.operators.schema.section import Count, Section
from selfcare_app.operators.schema.vocabulary import LineKind, Method, Scope


class ProofRule(Section):
    """The proof for one purpose."""

    methods: Methods
    scope: Scope
    freshness_seconds: Count
    """Life of a proof that counts once; a proof for the session lasts as long as the session."""
    other_lines: LineMethods | None = None

    def methods_for(self, line_kind: LineKind) -> tuple[Method, ...]:
        """The methods that count on a line of this kind, the preferred one first."""
        if self.other_lines is not None and line_kind in self.other_lines.line_kinds:
            return self.other_lines.methods
        return self.methods


class Proofs(Section):
    """Purpose -> proof; None where the operator has no such act or asks for no proof."""

    call_detail: ProofRule | None = None
    internet_statistics: ProofRule | None = None
    number_change: ProofRule | None = None
    tariff_change: ProofRule | None = None
    sim_secrets: ProofRule | None = None
    password_change: ProofRule | None = None
    release: ProofRule | None = None
    contact_change: ProofRule | None = None
    transfer: ProofRule | None = None
    refund: ProofRule | None = None
    automatic_top_up: ProofRule | None = None
    delegation: ProofRule | None = None

    def rule(self, purpose: str) -> ProofRule | None:
        """The rule for a purpose by its name. Raises KeyError for a purpose that does not exist."""
        if purpose not in type(self).model_fields:
            raise KeyError(purpose)
        rule: ProofRule | None = getattr(self, purpose)
        return rule
