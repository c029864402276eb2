"""Home and the plain pages of content/pages."""
