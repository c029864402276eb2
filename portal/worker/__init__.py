"""The worker: duties that nobody asks for, carried out inside `serve` or by the command `worker`."""
