"""Plain HTTP beside the socket: sign-in, codes, downloads, inbound messages, health."""
