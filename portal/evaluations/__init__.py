"""Open evaluation in public: what is promised, the ballot, and the results."""
