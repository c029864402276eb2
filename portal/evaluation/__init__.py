"""Open evaluation as a record: campaigns, form versions, one-time codes, ballots, results, what follows. No pages."""
