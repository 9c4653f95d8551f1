"""People and what they show to be recognised. Owned by the group (rule A2); hospitals hold a masked copy."""
