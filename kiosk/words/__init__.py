"""All words that people see or hear at the terminal, by message id, in every language it offers."""
