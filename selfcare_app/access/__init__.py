"""Who may come in, and as whom: registration, sign-in, sessions, one-time codes, proofs."""
