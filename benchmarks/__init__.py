"""What the project's runs cost, and how other ways to run increments drift: `python -m benchmarks`."""
