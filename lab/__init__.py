"""Virtual devices, true to their protocols: for the demo, the tests and training. Knows neither terminal nor server."""
