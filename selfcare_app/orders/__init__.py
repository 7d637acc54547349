"""What a subscriber asks for and when it takes effect: drafts and orders."""
