"""The registers that everyone may read: promises with a date, and the draws for follow-up."""
