"""Notices to authors: written in the transaction of an act, sent afterwards by the worker, each at most once."""
