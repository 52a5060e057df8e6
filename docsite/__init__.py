"""The documentation site: dbt's page with links, a diagram of keys, column lineage, answers of the analyses."""
