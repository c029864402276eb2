"""How fast the portal is beside a bare Flask under the same server: `make bench`, `python -m tests.bench --help`."""
