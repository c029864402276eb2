"""The tests: domain (rules), features (pages), contract (the shape of the code), journeys (a real browser), bench."""
