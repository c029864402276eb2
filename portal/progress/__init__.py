"""What everyone may see: every reported issue and how far it is."""
