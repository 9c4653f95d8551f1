"""The store's migrations. They import nothing of the project: a migration stays as it was released."""
