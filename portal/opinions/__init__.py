"""The opinion form and the receipt."""
