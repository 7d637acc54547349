"""The pages of security: what needs to be known, sessions and devices, who looked, passkeys, the emergency code."""
