"""The symptom guides that come with the product: a sample for a hospital to start from."""
