"""The documentation site: links, a diagram of keys, column lineage beside dbt's page; answers of analyses."""
