"""How the project is written: linters, types, conventions, the contract's YAML, the lock file."""
