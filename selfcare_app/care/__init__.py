"""Questions and answers, call-backs, centres, news and the operator's desk move in here."""
