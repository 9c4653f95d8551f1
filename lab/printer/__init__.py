"""A virtual ESC/POS ticket printer: bytes in, answers and pictures of tickets out."""
