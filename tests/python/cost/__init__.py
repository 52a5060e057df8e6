"""What the benchmarks can be asked for."""
