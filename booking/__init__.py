"""The rules that terminal and server share. Standard library only: no clock, no file, no network."""
