"""The case as a record: what is stored, what changes it, what may be read of it. Has no pages of its own."""
