"""A crowd at a booking server: clients that do at random what clients do, and what must hold whatever they did."""
