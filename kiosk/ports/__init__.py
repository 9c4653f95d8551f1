"""What the parts of the terminal know of each other: protocols and value types. No third party, no behaviour."""
