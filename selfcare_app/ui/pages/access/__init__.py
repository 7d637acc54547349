"""The pages of the door: sign-in, registration, recovery, second factor, proof, PIN and PUK, the password."""
