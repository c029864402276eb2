"""Manners of the site shared by all faces: languages, errors, headers, limits, guards, caching."""
