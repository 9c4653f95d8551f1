"""One module for each type of page, the frame round them and the time-out warning."""
