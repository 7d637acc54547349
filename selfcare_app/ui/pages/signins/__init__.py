"""The page of who signed in and who tried."""
