"""What the visit's effects do: find people and bookings, check in, reprint. `booking` decides, the store keeps."""
