"""What staff must settle, and the trail of who changed what (rule I2)."""
