"""What an increment reads: plans and counters of a warehouse with history."""
