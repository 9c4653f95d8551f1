"""What the server says to patients."""
