"""Every comparison in the program that could tell a secret by how long it takes (ASVS 11.2.4)."""

import pytest

from tests.security.test_asvs_source import comparisons, found


@pytest.mark.security("asvs_11_2_4")
def test_secrets_are_compared_in_constant_time() -> None:
    # Either two values of the database's own (was the row changed meanwhile?), or the digest of terms that the page itself shows.
    known = {
        "access/desk_sign_in.py": "row.password_hash != claim.kept",
        "access/change_password.py": "credential.password_hash != claim.kept",
        "access/code.py": "row.params_digest == digest",
        "access/delegation.py": "terms.digest != digest",
        "numbers/change_number.py": "terms.digest != digest",
        "kit/actor.py": "p.digest == digest",
        "orders/change.py": "terms.digest != digest",
        "payments/automatic/setup.py": "terms.digest != digest",
        "payments/transfer.py": "terms.digest != digest",
        "payments/refund/apply.py": "told.digest != digest",
        "payments/voucher/load.py": "VOUCHER.c.code_mac == row['known']['code_mac']",
        "ledger/operation.py": "found.digest != claim.digest",
        "ledger/batch.py": "before[0] == asked.digest",
        "journal/check.py": "rules.details_digest(salt, details) != digest",
    }
    # The check of the books compares what it reads with what it counts itself.
    some = found(comparisons, "ledger/invariants.py")
    left = [each for each in some if not each.endswith(known.get(each.split(":")[0], "\n"))]
    assert left == ["journal/check.py: line 97: (heads[stream].seq, heads[stream].hash) != (there, hashed)"]
