"""What terminals did off line: each act is heard once, judged, and answered for ever alike."""
