"""A simulated city for demonstrations: letters, staff and four months of real acts on a moving clock."""
