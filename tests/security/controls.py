"""What has to hold, by id: attacks, threats, faults, and the controls of ASVS 5.0; and what is not owed yet, with why."""

from tests.security.asvs import ASVS

ATTACKS = {
    "S-01": "sockets and forms from another site",
    "S-02": "every handler without a session",
    "S-03": "names that are no handlers, and the socket's own",
    "S-04": "handlers and pages with another's session",
    "S-05": "arguments of wrong types, missing, additional",
    "S-06": "ids of other subscribers' rows",
    "S-07": "form fields that nobody asked for",
    "S-08": "vars set through browser storage",
    "S-09": "an act or a proof sent again later, from elsewhere",
    "S-10": "the same act many times at once",
    "S-11": "the same wish from many tabs at once",
    "S-12": "a double click, a lost answer, a form sent again",
    "S-13": "a tab's token planted before sign-in",
    "S-14": "a tab's token used while its owner is away",
    "S-15": "the same tab twice",
    "S-16": "tabs on different lines, and a page of the line before",
    "S-17": "a forged page address",
    "S-18": "steps of a journey skipped or repeated",
    "S-19": "terms that changed between looking and confirming",
    "S-20": "sign-out and revocation with an open socket",
    "S-21": "idleness while pings go on",
    "S-22": "floods of events and sockets",
    "S-23": "frames and bodies too big",
    "S-24": "nonsense and secrets in the log",
    "S-25": "another's data, or the server's, in a delta",
    "S-26": "data that the page only hides",
    "S-27": "work that ends after sign-out, in a tab that is another's",
    "S-28": "a connection cut in the middle of a confirmation",
    "S-29": "a kill between commit and answer, a lock that runs out",
    "S-30": "a state planted in the store",
    "S-31": "a page left while it loads",
    "S-32": "the offline shell after sign-out, or for the next person",
}

THREATS = {
    "T1": "codes guessed",
    "T2": "codes sprayed over many numbers",
    "T3": "a new code to count anew",
    "T4": "codes relayed by a false site",
    "T5": "a swapped SIM",
    "T6": "forwarded calls and messages read elsewhere",
    "T7": "РУНА guessed",
    "T8": "РУНА activated by who holds the handset",
    "T9": "PUK1 shown, then used as proof",
    "T10": "PUK1 guessed",
    "T11": "the password replaced by who holds the handset",
    "T12": "a lock used to keep the owner out",
    "T13": "numbers collected",
    "T14": "messages sent at the operator's cost",
    "T15": "voucher codes guessed",
    "T16": "a curious employee",
    "T17": "a number that has a new owner",
    "T18": "a delegate who wants more",
    "T19": "a forged sender's SMS",
    "T20": "a handset's message that comes twice",
}

FAULTS = {
    "R1": "a process killed at any point of a write",
    "R2": "the database server killed",
    "R3": "totals while money moves",
    "R4": "fifty at once",
    "R5": "random histories against a model",
    "R6": "simulation with faults",
    "R7": "a connection cut between act and answer",
    "R8": "the state store away",
    "R9": "the database away, the disk full",
    "R10": "messages lost, late, twice",
    "R11": "a payment's callback lost, twice, forged",
    "R12": "clocks that jump",
    "R13": "a restart under load",
    "R14": "two versions at once",
    "R15": "a backup restored",
    "R16": "bits that flip",
    "R17": "leaks over a day",
    "R18": "a flood of wrong passwords, and the owner",
    "R19": "the idle cut while one confirms",
    "R20": "a right taken back while it is used",
    "R21": "a cleaning killed half-way",
    "R22": "two schedulers",
    "R23": "a slow reader of a long answer",
}

LATER = {
    "R2": "with the operation of PostgreSQL, as R15",
    "R6": "with the load tests",
    "R8": "with the load tests; S-29 and S-30 are the store's part of this",
    "R9": "with the operation of PostgreSQL, as R15",
    "R13": "with the load tests",
    "R14": "with the first release that follows another",
    "R15": "with backups",
    "R17": "with the load tests",
    "R21": "with the erasing of whole subscribers",
    "R23": "with the load tests",
    "asvs_2_4_2": "a payment that repeats by itself waits for nobody's hand: with the load tests",
}
"""Not owed yet, and why."""

NOT_BY_TEST: dict[str, str] = {}
"""Held by something that no test drives, and by what."""


def asvs(identity: str) -> str:
    """The test id of a control: "7.2.4" -> "asvs_7_2_4"."""
    return f"asvs_{identity.replace('.', '_')}"


TITLES = ATTACKS | THREATS | FAULTS | {asvs(identity): title for identity, title in ASVS.items()}
"""Every id that a test may cite, and what it is about."""

EXCUSED = LATER | NOT_BY_TEST
OWED = tuple(identity for identity in TITLES if identity not in EXCUSED)
