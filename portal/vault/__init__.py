"""Encryption of what people confide: keys, sealed texts, the keyed hash behind a reference code."""
