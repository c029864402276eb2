"""Staff: accounts, passwords, sign-in."""
