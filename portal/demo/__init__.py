"""A simulated city for demonstrations: letters, staff and a year of real acts on a moving clock."""
