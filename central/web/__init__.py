"""The HTTP edge: signatures and limits in front, errors as Problems, and the endpoints put together."""
