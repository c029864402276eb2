"""The rules of the portal: pure functions and values, knowing neither the web nor the database, the clock nor chance."""
