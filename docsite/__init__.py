"""The documentation site (dbt's page, a diagram of keys, column lineage) and the answers of analyses."""
