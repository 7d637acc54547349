"""Who read or changed what of a subscriber: a journal that shows every tampering."""
