"""A small export, and what a test needs to write and to load others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from selfcare_app.i18n.speak import Speaker
from selfcare_app.intake import load as intake
from selfcare_app.intake import parts
from selfcare_app.intake.findings import Finding
from selfcare_app.intake.load import Progress, Report, Watch
from selfcare_app.intake.loaders import Surroundings
from selfcare_app.intake.mapping import Mapping
from selfcare_app.intake.rejects import REPORT, Rejects
from selfcare_app.wiring import Wiring

SMALL = {
    "clients": """client_id,kind,name,tax_id,email,contract_number,contract_on
C1,person,"Ковалёва, Анна ""Аня"" Сергеевна",,anna@example.by,2020-17,2020-03-01
C2,organisation,ООО «Ромашка»,190000001,office@example.by,2019-4,2019-01-15
""",
    "accounts": """account_id,client_id,number,opened_on,settlement,payment_form,credit_limit,balance,balance_as_of
A1,C1,1000001,2020-03-01,prepaid,cash,,12.50,2026-11-17T21:00:00Z
A2,C2,1000002,2019-01-15,postpaid,cashless,100,-3.07,2026-11-18T00:00:00+03:00
""",
    "tariff_plans": """code,name,settlement,fee,package_seconds,package_bytes,benefits,open_for_change,valid_from,valid_until
super8,Супер 8,prepaid,8.00,6000,1000000,,no,2020-01-01T00:00:00Z,
super8,Супер 8,prepaid,8.90,6000,2000000,,yes,2026-01-01T00:00:00Z,
office,Офис,postpaid,20.00,,,Скидка 10 %,yes,2020-01-01T00:00:00Z,
""",
    "services": """code,name,description,fee,valid_from
whocalled,Второй фронт,Кто звонил,0,2020-01-01T00:00:00Z
""",
    "lines": """line_id,account_id,msisdn,number_since,kind,tariff_plan,user_name,language,puk1_registration,activated_on
L1,A1,375291234567,2026-06-15T09:00:00+03:00,phone,super8,Анна,be,no,2020-03-01
L2,A2,+375 29 123-45-68,,modem,office,,,yes,2019-01-15
""",
    "sims": """iccid,line_id,pin1,puk1,pin2,puk2,issued_at,retired_at
893750100000000001,L1,1234,12345678,4321,87654321,2020-03-01T09:00:00+03:00,
893750100000000002,L2,0000,00000001,1111,99999999,2019-01-15T09:00:00+03:00,
""",
    "line_services": """connection_id,line_id,service,connected_at,disconnected_at
S1,L1,whocalled,2021-05-05T00:00:00Z,
""",
    "allowances": """line_id,code,name,kind,total,used,promo,period_from,period_until,as_of
L1,minutes,Звонки,seconds,6000,61,no,2026-11-01,2026-12-01,2026-11-17T21:00:00Z
""",
    "numbers": """msisdn,category
375291234567,simple
375291111111,platinum
375291111112,gold
""",
    "payments": """payment_id,account_id,paid_at,amount,currency,channel
P1,A1,2026-11-01T10:00:00Z,5.00,BYN,cash
P2,A1,2026-11-18T06:00:00Z,2.25,,bank_card
""",
    "usage": """record_id,line_id,msisdn,started_at,kind,direction,zone,peer,duration_seconds,bytes_in,bytes_out,charge,service,domain
R1,,375291234567,2026-11-01T10:00:00Z,call,outgoing,on_net,375291234568,61,,,0.0843,,
R2,L2,,2026-11-02T10:00:00.250000+03:00,data,outgoing,,,600,5000000000,7,0,Video,video.example
R3,,375291234567,2026-11-03T10:00:00Z,SMS,Incoming,none,Bank,,,,,,
""",
}
ONE_USAGE = SMALL["usage"].splitlines()[0]


@dataclass(frozen=True)
class Loaded:
    """What an import said and left behind."""

    report: Report
    rejects: Path

    @property
    def findings(self) -> list[tuple[str, int, str, str]]:
        """File, line, column and reason of the first things wrong."""
        return [(each.file, each.line, each.column, each.reason) for each in self.report.first]

    @property
    def counts(self) -> dict[str, tuple[int, int, int, int]]:
        """Inserted, changed, same and rejected rows by table."""
        return {
            name: (tally.written.inserted, tally.written.changed, tally.written.same, tally.rejected)
            for name, tally in self.report.tables.items()
        }

    def told(self) -> str:
        """The report beside the rejects."""
        return (self.rejects / REPORT).read_text("utf-8")


class Importing:
    """Loads exports into the test's database."""

    def __init__(self, wires: Wiring, now: datetime, room: Path) -> None:
        self.wires, self.now, self.room = wires, now, room
        self._runs = 0

    def __call__(
        self,
        place: Path,
        *,
        mappings: Sequence[Mapping] = (),
        strict: bool = False,
        passwords: bool = False,
        watch: Watch | None = None,
    ) -> Loaded:
        self._runs += 1
        speaker = Speaker("ru", self.wires.profile)

        def say(finding: Finding) -> str:
            return speaker.text(f"intake.error.{finding.reason}", **finding.params)

        def around(door: object) -> Surroundings:
            return Surroundings(door, self.wires.profile, self.wires.keys, passwords=passwords, now=self.now)  # type: ignore[arg-type]

        def ignore(progress: Progress) -> None: ...

        found, _ = parts.find(place, mappings)
        rejects = Rejects(self.room / f"rejects{self._runs}", say, keep_rows=not strict)
        try:
            report = intake.load(found, rejects, around, watch or ignore, strict=strict)
        finally:
            rejects.close()
        return Loaded(report, rejects.directory)


def write(directory: Path, **tables: str | bytes) -> Path:
    """Writes tables as files of the documented layout."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in tables.items():
        octets = content if isinstance(content, bytes) else content.encode()
        (directory / f"{name}.csv").write_bytes(octets)
    return directory
