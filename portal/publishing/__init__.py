"""Services, stories and pages as records: loaded from content/, editable by staff, written back on request."""
