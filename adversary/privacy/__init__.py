"""What did the corrupted parties learn? Exact, statistical and extraction checks of views."""
